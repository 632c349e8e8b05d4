#include "data/evaluation_batches.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "data/packed_tensors.hpp"

namespace medbench {

namespace {

// How many tokens of either text stay, of `room` for both: as the `tokenizers` library cuts the longest
// first.
std::pair<std::size_t, std::size_t> cut_pair(std::size_t first, std::size_t second, std::size_t room) {
  if (first + second <= room) return {first, second};
  const bool is_first_longer = first > second;
  std::size_t shorter = std::min(first, second);
  std::size_t longer = shorter > room ? shorter : std::max(shorter, room - shorter);
  if (shorter + longer > room) {
    shorter = room / 2;
    longer = shorter + room % 2;
  }
  return is_first_longer ? std::pair(longer, shorter) : std::pair(shorter, longer);
}

}  // namespace

EvaluationKind evaluation_kind(const ir::OutputSpec& output) {
  if (output.kind != ir::OutputKind::Logits || output.labels.empty()) {
    throw usage_error(
        "it has no classification head, so there is nothing to evaluate; give a checkpoint whose config.json "
        "has ...ForSequenceClassification or ...ForTokenClassification among its \"architectures\"");
  }
  if (output.labels.size() < 2)
    throw usage_error("its head has one output, which is a regression; a classification has at least two");
  return output.class_axis == 1 ? EvaluationKind::Texts : EvaluationKind::Words;
}

std::vector<std::uint32_t> labels_of(const EvaluationRow& row, const EvaluationRows& rows,
                                     const LabelNames& names) {
  std::vector<std::uint32_t> labels;
  labels.reserve(row.labels.size());
  for (const std::string& label : row.labels) {
    const auto found = names.find(label);
    if (!found) {
      throw usage_error("{}: the label \"{}\" is none of the model's, which are {}", rows.where(row),
                        printable(label, 60), names.choices());
    }
    labels.push_back(*found);
  }
  return labels;
}

EvaluationBatches::EvaluationBatches(const std::filesystem::path& file, std::vector<ir::InputSpec> inputs,
                                     const ir::OutputSpec& output, const std::filesystem::path& model_folder,
                                     const Axes& axes)
    : inputs_(std::move(inputs)),
      axes_(axes),
      is_packed_(are_packed(inputs_)),
      names_(output.labels),
      kind_(evaluation_kind(output)),
      vocab_size_(check_text_inputs(inputs_, axes)),
      tokenizer_(load_tokenizer_of(vocab_size_, model_folder)),
      rows_(file, kind_) {}

std::optional<EvaluationBatch> EvaluationBatches::next() {
  const auto size = static_cast<std::size_t>(axes_[Axis::Batch]);
  std::vector<EncodedText> texts;
  EvaluationBatch batch;
  while (texts.size() < size && rows_.next(row_)) {
    encode_row();
    texts.push_back(std::move(encoded_));
    batch.texts.push_back(std::move(judged_));
  }
  if (texts.empty()) return std::nullopt;
  // Rows of padding alone would be nothing but NaN to some runtimes, and would count where integers are
  // scaled by the whole batch.
  const std::size_t own = texts.size();
  while (texts.size() < size) texts.push_back(texts[texts.size() - own]);
  batch.axes = is_packed_ ? packed_axes(texts) : axes_;
  batch.tensors = is_packed_ ? packed_tensors(texts, inputs_)
                             : text_tensors(texts, inputs_, axes_, tokenizer_.special().padding);
  batch.fraction = rows_.fraction();
  return batch;
}

void EvaluationBatches::encode_row() {
  encoded_ = {};
  judged_ = {.row = row_.number, .labels = labels_of(row_, rows_, names_), .words = {}, .positions = {}};
  if (kind_ == EvaluationKind::Words) {
    encode_words();
  } else if (row_.is_pair) {
    encode_pair();
  } else {
    encode_text();
  }
  check_ids(encoded_.ids, vocab_size_);
  ++counts_.texts;
}

void EvaluationBatches::encode_text() {
  const auto most = static_cast<std::size_t>(axes_[Axis::Seq]);
  encoded_.ids = tokenizer_.encode(row_.text);
  if (encoded_.ids.size() > most) ++counts_.truncated;
  truncate(encoded_.ids, most);
}

void EvaluationBatches::encode_pair() {
  constexpr std::size_t kSpecial = 3;
  const auto most = static_cast<std::size_t>(axes_[Axis::Seq]);
  if (most < kSpecial) throw usage_error("a pair of texts needs a sequence length of at least {}", kSpecial);
  const auto first = tokenizer_.pieces(row_.text);
  const auto second = tokenizer_.pieces(row_.second);
  const auto [kept_first, kept_second] = cut_pair(first.size(), second.size(), most - kSpecial);
  if (kept_first + kept_second < first.size() + second.size()) ++counts_.truncated;
  auto& ids = encoded_.ids;
  ids.push_back(tokenizer_.special().start);
  ids.insert(ids.end(), first.begin(), first.begin() + static_cast<std::ptrdiff_t>(kept_first));
  ids.push_back(tokenizer_.special().separator);
  encoded_.second_begins = ids.size();
  ids.insert(ids.end(), second.begin(), second.begin() + static_cast<std::ptrdiff_t>(kept_second));
  ids.push_back(tokenizer_.special().separator);
}

void EvaluationBatches::encode_words() {
  const auto most = static_cast<std::size_t>(axes_[Axis::Seq]);
  auto& ids = encoded_.ids;
  ids.push_back(tokenizer_.special().start);
  std::vector<std::uint32_t> labels;
  for (std::size_t i = 0; i < row_.words.size(); ++i) {
    const auto pieces = tokenizer_.pieces(row_.words[i]);
    if (pieces.empty() || ids.size() + 1 >= most) {
      ++counts_.words_left;
    } else {
      judged_.words.push_back(static_cast<std::uint32_t>(i + 1));
      judged_.positions.push_back(static_cast<std::uint32_t>(ids.size()));
      labels.push_back(judged_.labels[i]);
    }
    ids.insert(ids.end(), pieces.begin(), pieces.end());
  }
  judged_.labels = std::move(labels);
  ids.push_back(tokenizer_.special().separator);
  if (ids.size() > most) ++counts_.truncated;
  truncate(ids, most);
}

EvaluationSummary check_evaluation(const std::filesystem::path& file, const ir::OutputSpec& output) {
  const EvaluationKind kind = evaluation_kind(output);
  const LabelNames names(output.labels);
  EvaluationRows rows(file, kind);
  EvaluationSummary summary;
  EvaluationRow row;
  while (rows.next(row)) {
    labels_of(row, rows, names);
    ++summary.rows;
    summary.words += row.words.size();
  }
  if (summary.rows == 0) throw usage_error("{}: no row in it", file.string());
  if (kind == EvaluationKind::Words && summary.words == 0)
    throw usage_error("{}: no word in it", file.string());
  return summary;
}

}  // namespace medbench
