#include "medbench/encoder_options.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/error.hpp"
#include "base/file.hpp"
#include "data/batches.hpp"
#include "data/text_file.hpp"
#include "data/text_use.hpp"
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

// What is wrong with a number is wrong with the option that gave it.
void check_shape(const Model& model, const Axes& shape, const EncoderOptionNames& names) {
  try {
    check_axes(model, shape);
  } catch (const Error& error) {
    for (const auto& [axis, option] :
         {std::pair{Axis::Batch, names.batch_size}, std::pair{Axis::Seq, names.seq_length}}) {
      const std::string_view noun = info_of(axis).noun;
      if (error.subject().starts_with(noun))
        throw error.about(std::string(option) + error.subject().substr(noun.size()));
    }
    throw;
  }
}

void check_texts(const TextData& text, const Model& model, std::span<const Axes> shapes,
                 CheckedEncoder& checked) {
  const std::filesystem::path folder = *checked.reference.folder;
  std::vector<std::int64_t> lengths;
  std::int64_t largest_batch = 1;
  for (const Axes& shape : shapes) {
    largest_batch = std::max(largest_batch, shape[Axis::Batch]);
    if (std::ranges::find(lengths, shape[Axis::Seq]) == lengths.end()) lengths.push_back(shape[Axis::Seq]);
  }
  const Axes shortest{{Axis::Batch, 1}, {Axis::Seq, *std::ranges::min_element(lengths)}};
  text_batches(text, folder, model.inputs, shortest)->next();
  TextUse use = find_text_use(text, folder, kTimedBatches * static_cast<std::size_t>(largest_batch));
  checked.texts = fmt::format("{}: {}", printable(text.file), describe_text_use(use, lengths));
  checked.notes.insert(checked.notes.end(), use.notes.begin(), use.notes.end());
}

}  // namespace

EncoderOptionsParser::EncoderOptionsParser(OptionParser& parser, EncoderOptions& options)
    : options_(options) {
  parser.choice("--weights", kWeights, weights_);
  parser.path("--text", text_);
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

CheckedEncoder check_encoder(const std::string& asked, const EncoderOptions& options, std::uint64_t seed,
                             std::span<const Axes> shapes, const EncoderOptionNames& names) {
  ResolvedModel resolved = resolve(asked, options.weights, names.model);
  const Model model = load_model(resolved.reference, shapes.front(), seed);
  for (const Axes& shape : shapes) check_shape(model, shape, names);
  CheckedEncoder checked{.reference = std::move(resolved.reference), .notes = {}, .texts = {}};
  if (!resolved.note.empty()) checked.notes.push_back(std::move(resolved.note));
  checked.notes.insert(checked.notes.end(), model.notes.begin(), model.notes.end());
  const auto* text = std::get_if<TextData>(&options.data);
  if (text == nullptr) return checked;
  if (!checked.reference.folder) {
    throw usage_error(
        "--text: {} runs with synthetic weights here and so has no tokenizer; give {} a folder with one",
        printable(asked), names.model);
  }
  check_texts(*text, model, shapes, checked);
  return checked;
}

Data settled(Data data) {
  if (auto* text = std::get_if<TextData>(&data)) {
    text->file = absolute_path(text->file);
    text->hash = text_file_hash(text->file);
  }
  return data;
}

}  // namespace medbench
