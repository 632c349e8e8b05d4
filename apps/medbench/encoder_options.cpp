#include "medbench/encoder_options.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/error.hpp"
#include "base/file.hpp"
#include "data/batches.hpp"
#include "models/model.hpp"

namespace medbench {

namespace {

constexpr std::array<std::string_view, 2> kPads{"fixed", "longest"};
constexpr std::array<std::string_view, 3> kWeights{"auto", "require", "synthetic"};
constexpr std::array kPolicies{WeightsPolicy::Auto, WeightsPolicy::Require, WeightsPolicy::Synthetic};

// What is wrong with a model's name is wrong with the option that gave it.
ResolvedModel resolve(const std::string& asked, WeightsPolicy policy, std::string_view option) {
  try {
    return resolve_model(asked, policy);
  } catch (const Error& error) {
    if (error.subject() != printable(asked)) throw;
    throw error.about(asked.empty() ? std::string(option) : fmt::format("{} {}", option, error.subject()));
  }
}

}  // namespace

EncoderOptionsParser::EncoderOptionsParser(OptionParser& parser, EncoderOptions& options)
    : options_(options) {
  parser.choice("--weights", kWeights, weights_);
  parser.text("--text", text_);
  parser.text("--text-column", text_column_);
  parser.choice("--pad", kPads, pad_);
}

void EncoderOptionsParser::finish() {
  for (std::size_t i = 0; i < kWeights.size(); ++i) {
    if (kWeights[i] == weights_) options_.weights = kPolicies[i];
  }
  if (text_) {
    const bool longest = pad_ == to_string(Padding::Longest);
    options_.data = TextData{
        .file = *text_, .column = text_column_, .padding = longest ? Padding::Longest : Padding::Fixed};
    return;
  }
  if (!text_column_.empty())
    throw usage_error("--text-column needs --text: without a file there is no column");
  if (!pad_.empty()) throw usage_error("--pad needs --text: random inputs fill the whole sequence");
}

ResolvedModel check_encoder(const std::string& asked, const EncoderOptions& options, std::uint64_t seed,
                            std::span<const std::int64_t> seq_lengths, const EncoderOptionNames& names) {
  ResolvedModel resolved = resolve(asked, options.weights, names.model);
  const Model model = load_model(resolved.reference, seed);
  for (const std::int64_t length : seq_lengths) {
    if (length > model.limits[Axis::Seq]) {
      throw usage_error("{} {}: {} has {} positions; give at most that many", names.seq_length, length,
                        printable(asked), model.limits[Axis::Seq]);
    }
  }
  const auto* text = std::get_if<TextData>(&options.data);
  if (text == nullptr) return resolved;
  if (!resolved.reference.folder) {
    throw usage_error(
        "--text: {} runs with synthetic weights here and so has no tokenizer; give {} a folder with one",
        printable(asked), names.model);
  }
  const auto shortest = *std::min_element(seq_lengths.begin(), seq_lengths.end());
  text_batches(*text, *resolved.reference.folder, model.inputs, {{Axis::Batch, 1}, {Axis::Seq, shortest}})
      ->next();
  return resolved;
}

Data with_absolute_paths(Data data) {
  if (auto* text = std::get_if<TextData>(&data)) text->file = absolute_path(text->file);
  return data;
}

}  // namespace medbench
