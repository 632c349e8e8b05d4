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

constexpr std::array<std::string_view, 2> kPads{"fixed", "longest"};

}  // namespace

TextOptionsParser::TextOptionsParser(OptionParser& parser, Data& data) : data_(data) {
  parser.path("--text", text_);
  parser.text("--text-column", text_column_);
  parser.choice("--pad", kPads, pad_);
}

void TextOptionsParser::finish() {
  if (text_) {
    const bool longest = pad_ == to_string(Padding::Longest);
    data_ = TextData{
        .file = *text_, .column = text_column_, .padding = longest ? Padding::Longest : Padding::Fixed};
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
  text_batches(text, folder, model.inputs, shortest)->next();
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
