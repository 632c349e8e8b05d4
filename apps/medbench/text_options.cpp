#include "medbench/text_options.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/error.hpp"
#include "base/file.hpp"
#include "data/batches.hpp"
#include "data/text_file.hpp"
#include "data/text_use.hpp"
#include "models/packed_texts.hpp"

namespace medbench {

namespace {

constexpr std::array kPaddings{Padding::Fixed, Padding::Longest, Padding::None};
constexpr std::array kOrders{BatchOrder::Given, BatchOrder::Length};
constexpr const char* kBatches = "--text-batches";

template <class Values>
std::vector<std::string_view> names_of(const Values& values) {
  std::vector<std::string_view> names;
  names.reserve(values.size());
  for (const auto value : values) names.push_back(to_string(value));
  return names;
}

// The option parser has let nothing else through.
template <class Values>
typename Values::value_type value_named(const Values& values, std::string_view name) {
  const auto* const found = std::ranges::find(values, name, [](auto value) { return to_string(value); });
  return found == values.end() ? values.front() : *found;
}

void check_pass(const Model& model, const Axes& axes) {
  check_tensors(model, axes);
  for (const ir::InputSpec& spec : model.inputs) check_input(spec, axes);
}

std::int64_t parse_batches(const std::string& text, const std::optional<std::int64_t>& num_iterations) {
  if (text.empty()) return std::min(kDefaultTextBatches, num_iterations.value_or(kDefaultTextBatches));
  if (text == "all") return kAllTextBatches;
  const bool is_number = text.find_first_not_of("0123456789") == std::string::npos;
  if (!is_number) throw usage_error("{} {}: give a number or all", kBatches, printable(text));
  return parse_integer(kBatches, text, {1, kMostTextBatches});
}

}  // namespace

TextOptionsParser::TextOptionsParser(OptionParser& parser, Data& data, std::vector<Padding>& paddings)
    : data_(data), paddings_(paddings) {
  parser.path("--text", text_);
  parser.text("--text-column", text_column_);
  static const std::vector<std::string_view> kPads = names_of(kPaddings);
  static const std::vector<std::string_view> kOrderNames = names_of(kOrders);
  parser.choices("--pad", kPads, pads_);
  parser.choice("--batch-order", kOrderNames, order_);
  parser.text(kBatches, batches_);
}

void TextOptionsParser::finish(const std::optional<std::int64_t>& num_iterations, bool is_part) {
  if (text_) {
    for (const std::string& pad : pads_) {
      const Padding padding = value_named(kPaddings, pad);
      if (std::ranges::count(paddings_, padding) == 0) paddings_.push_back(padding);
    }
    if (paddings_.empty()) paddings_.push_back(Padding::Fixed);
    data_ = TextData{.file = *text_,
                     .column = text_column_,
                     .padding = paddings_.front(),
                     .order = value_named(kOrders, order_),
                     .batches = parse_batches(batches_, num_iterations)};
    return;
  }
  if (is_part) return;
  if (!text_column_.empty())
    throw usage_error("--text-column needs --text: without a file there is no column");
  if (!pads_.empty()) throw usage_error("--pad needs --text: random inputs fill the whole sequence");
  if (!order_.empty()) throw usage_error("--batch-order needs --text: random inputs are all of one length");
  if (!batches_.empty()) throw usage_error("{} needs --text: random inputs come in four batches", kBatches);
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
  std::vector<std::int64_t> batch_sizes;
  for (const Axes& shape : shapes) {
    batch_sizes.push_back(shape[Axis::Batch]);
    if (std::ranges::find(lengths, shape[Axis::Seq]) == lengths.end()) lengths.push_back(shape[Axis::Seq]);
  }
  const auto [fewest, most] = std::ranges::minmax(batch_sizes);
  const Axes smallest{{Axis::Batch, fewest}, {Axis::Seq, std::ranges::min(lengths)}};
  TextData first = text;
  first.padding = is_packed(model) ? Padding::None : Padding::Fixed;
  text_batches(first, folder, model.inputs, smallest)->next();
  TextUse use = find_text_use(text, folder, most);
  for (const Axes& shape : shapes) {
    if (is_packed(model)) check_pass(model, largest_packed_batch(use, text, shape));
  }
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
