// Batches of labelled texts for a classifier, all of one shape or without padding, with what is to be said of
// each text.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/axes.hpp"
#include "base/tensor.hpp"
#include "data/evaluation_rows.hpp"
#include "data/label_names.hpp"
#include "data/text_tensors.hpp"
#include "ir/specs.hpp"

namespace medbench {

// What the head of a model is judged by. Throws Usage, about the model, where its output is no logits of at
// least two classes for a text or for each of its tokens.
EvaluationKind evaluation_kind(const ir::OutputSpec& output);

struct JudgedText {
  std::uint64_t row = 0;                 // of the file, from 1
  std::vector<std::uint32_t> labels;     // one, or that of each word which is judged
  std::vector<std::uint32_t> words;      // the number of each in its row, from 1; empty for a text
  std::vector<std::uint32_t> positions;  // of the first piece of each word, among the tokens
};

struct EvaluationBatch {
  NamedTensors tensors;           // of a whole batch: where texts are lacking, they are there again
  Axes axes;                      // of them
  std::vector<JudgedText> texts;  // of its first rows
  double fraction = 0;            // of the file, up to here
};

struct EvaluationCounts {
  std::uint64_t texts = 0;
  std::uint64_t truncated = 0;   // of them
  std::uint64_t words_left = 0;  // behind the end of truncated texts, or without a piece: not judged
};

// The labels of a row by their number; throws Usage where one is none of the model's.
std::vector<std::uint32_t> labels_of(const EvaluationRow& row, const EvaluationRows& rows,
                                     const LabelNames& names);

class EvaluationBatches {
 public:
  // `axes` are the shape of every batch, or for inputs as passes::pack_tokens() makes them, the number of
  // texts in a batch and the most tokens of one. A pair that is too long loses tokens at the end of its
  // longer text first, as with the Hugging Face library; of words, the first piece is judged. Throws Usage: a
  // model that takes no texts or has no head, no tokenizer, and what EvaluationRows throws.
  EvaluationBatches(const std::filesystem::path& file, std::vector<ir::InputSpec> inputs,
                    const ir::OutputSpec& output, const std::filesystem::path& model_folder,
                    const Axes& axes);

  // Nothing at the end. Throws Usage.
  std::optional<EvaluationBatch> next();
  // Of the batches so far.
  [[nodiscard]] const EvaluationCounts& counts() const { return counts_; }

 private:
  void encode_row();
  void encode_text();
  void encode_pair();
  void encode_words();

  std::vector<ir::InputSpec> inputs_;
  Axes axes_;
  bool is_packed_;
  LabelNames names_;
  EvaluationKind kind_;
  std::int64_t vocab_size_;
  BertTokenizer tokenizer_;
  EvaluationRows rows_;
  EvaluationCounts counts_;
  EvaluationRow row_;
  EncodedText encoded_;
  JudgedText judged_;
};

// A look at a whole file without running anything: so many rows (or words), or what is wrong with it.
struct EvaluationSummary {
  std::uint64_t rows = 0;
  std::uint64_t words = 0;
};
// Throws Usage: what EvaluationRows throws, labels that are none of the model's, no row, no word.
EvaluationSummary check_evaluation(const std::filesystem::path& file, const ir::OutputSpec& output);

}  // namespace medbench
