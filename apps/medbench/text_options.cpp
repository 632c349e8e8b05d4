#include "medbench/text_options.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/error.hpp"
#include "base/file.hpp"
#include "data/batches.hpp"
#include "data/text_file.hpp"
#include "data/text_use.hpp"

namespace medbench {

namespace {

constexpr std::array kPaddings{Padding::Fixed, Padding::Longest, Padding::None};

std::vector<std::string_view> padding_names() {
  std::vector<std::string_view> names;
  for (const Padding padding : kPaddings) names.push_back(to_string(padding));
  return names;
}

}  // namespace

TextOptionsParser::TextOptionsParser(OptionParser& parser, Data& data) : data_(data) {
  parser.path("--text", text_);
  parser.text("--text-column", text_column_);
  static const std::vector<std::string_view> kNames = padding_names();
  parser.choice("--pad", kNames, pad_);
}

void TextOptionsParser::finish() {
  if (text_) {
    const auto* const padding =
        std::ranges::find(kPaddings, pad_, [](Padding known) { return to_string(known); });
    data_ = TextData{.file = *text_,
                     .column = text_column_,
                     .padding = padding == kPaddings.end() ? Padding::Fixed : *padding};
    return;
  }
  if (!text_column_.empty())
    throw usage_error("--text-column needs --text: without a file there is no column");
  if (!pad_.empty()) throw usage_error("--pad needs --text: random inputs fill the whole sequence");
}

CheckedTexts check_texts(const TextData& text, const ModelRef& reference, const Model& model,
                         std::span<const Axes> shapes, std::string_view option) {
  const std::string name = printable(reference.name);
  if (!model.axes.has(Axis::Seq)) throw usage_error("--text: {} takes no texts", name);
  if (!reference.folder) {
    throw usage_error(
        "--text: {} runs with synthetic weights here and so has no tokenizer; give {} a folder with one",
        name, option);
  }
  const std::filesystem::path folder = *reference.folder;
  std::vector<std::int64_t> lengths;
  std::int64_t largest_batch = 1;
  for (const Axes& shape : shapes) {
    largest_batch = std::max(largest_batch, shape[Axis::Batch]);
    if (std::ranges::find(lengths, shape[Axis::Seq]) == lengths.end()) lengths.push_back(shape[Axis::Seq]);
  }
  const Axes shortest{{Axis::Batch, 1}, {Axis::Seq, *std::ranges::min_element(lengths)}};
  TextData padded = text;
  padded.padding = Padding::Fixed;  // the model takes these before a worker packs it
  text_batches(padded, folder, model.inputs, shortest)->next();
  TextUse use = find_text_use(text, folder, kTimedBatches * static_cast<std::size_t>(largest_batch));
  return {.notes = use.notes,
          .use = fmt::format("{}: {}", printable(text.file), describe_text_use(use, lengths))};
}

Data settled(Data data) {
  if (auto* text = std::get_if<TextData>(&data)) {
    text->file = absolute_path(text->file);
    text->hash = text_file_hash(text->file);
  }
  return data;
}

}  // namespace medbench
