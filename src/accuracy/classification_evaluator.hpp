// How well an engine classifies labelled texts or words, and what it decides otherwise than fp32.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "accuracy/auroc.hpp"
#include "accuracy/calibration_error.hpp"
#include "accuracy/class_counts.hpp"
#include "accuracy/decisions_file.hpp"
#include "accuracy/entities.hpp"
#include "accuracy/label_flips.hpp"
#include "data/evaluation_batches.hpp"
#include "ir/specs.hpp"
#include "job/protocol.hpp"

namespace medbench {

class ClassificationEvaluator {
 public:
  // Decisions of fp32 that cannot be read are a reason, and throw nothing.
  ClassificationEvaluator(const ir::OutputSpec& output, Evaluation evaluation);

  // The texts of a batch in their order, and the logits of the whole batch: [batch, classes], or of words
  // [batch, seq, classes]. Throws Runtime for a logit that is not finite.
  void add(std::span<const JudgedText> texts, const HostTensor& logits);

  // Metrics eval_* and the details of the evaluation, and the files that the protocol names. What means
  // nothing is null, with the reason. Throws Usage where no case was judged, Environment.
  void fill(Result& result, const EvaluationCounts& counts) const;

 private:
  void add_case(const JudgedText& text, std::size_t number, std::span<const float> logits);
  void add_entities(const JudgedText& text);
  void compare(const FlippedCase& decided);
  void fill_scores(Metrics& metrics) const;
  void fill_entities(Result& result) const;
  void fill_majority(Result& result) const;
  void fill_flips(Result& result) const;
  [[nodiscard]] Json describe_classes() const;

  Evaluation evaluation_;
  std::vector<std::string> labels_;
  EvaluationKind kind_;
  std::optional<TagScheme> scheme_;  // of words
  ClassCounts counts_;
  CalibrationError calibration_;
  ClassAuroc auroc_;
  EntityCounts entities_;
  EntityCounts strict_entities_;
  DecisionsWriter decisions_;
  std::optional<DecisionsReader> reference_;
  std::string no_reference_;  // why there is none
  ClassCounts reference_counts_;
  EntityCounts reference_entities_;
  LabelFlips flips_;
  std::size_t cases_ = 0;
  std::vector<std::uint32_t> own_labels_;  // of the text at hand
  std::vector<std::uint32_t> reference_labels_;
  std::vector<float> odds_;
};

}  // namespace medbench
