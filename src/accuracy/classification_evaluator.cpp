#include "accuracy/classification_evaluator.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <numeric>
#include <utility>

#include "base/error.hpp"

namespace medbench {

namespace {

constexpr std::size_t kMostClasses = 50;  // in the details
constexpr std::size_t kLongestName = 200;

std::vector<Tag> tags_of(const TagScheme& scheme, std::span<const std::uint32_t> labels) {
  std::vector<Tag> tags;
  tags.reserve(labels.size());
  for (const std::uint32_t label : labels) tags.push_back(scheme.tags.at(label));
  return tags;
}

double ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

// By their rows in the file, the first of equal ones first; those that do not occur are left out.
std::vector<std::size_t> classes_by_size(const ClassCounts& counts) {
  std::vector<std::size_t> numbers(counts.classes().size());
  std::iota(numbers.begin(), numbers.end(), std::size_t{0});
  std::erase_if(numbers, [&](std::size_t number) {
    return counts.classes()[number].actual + counts.classes()[number].predicted == 0;
  });
  std::ranges::stable_sort(numbers, std::greater<>(),
                           [&](std::size_t number) { return counts.classes()[number].actual; });
  return numbers;
}

bool has_one_label(const ClassCounts& counts) {
  return std::ranges::count_if(counts.classes(), [](const auto& one) { return one.actual > 0; }) < 2;
}

}  // namespace

ClassificationEvaluator::ClassificationEvaluator(const ir::OutputSpec& output, Evaluation evaluation)
    : evaluation_(std::move(evaluation)),
      labels_(output.labels),
      kind_(evaluation_kind(output)),
      auroc_(output.labels.size()),
      no_reference_(evaluation_.missing),
      odds_(output.labels.size()) {
  if (kind_ == EvaluationKind::Words) scheme_ = find_tag_scheme(labels_);
  if (evaluation_.decisions.empty()) return;
  try {
    reference_.emplace(evaluation_.decisions, evaluation_.hash);
  } catch (const Error& error) {
    no_reference_ = error.what();
  }
}

void ClassificationEvaluator::add(std::span<const JudgedText> texts, const HostTensor& logits) {
  const std::span<const float> values = logits.f32();
  const std::size_t classes = labels_.size();
  const std::size_t stride = values.size() / static_cast<std::size_t>(logits.shape().front());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const JudgedText& text = texts[i];
    own_labels_.clear();
    reference_labels_.clear();
    for (std::size_t k = 0; k < text.labels.size(); ++k) {
      const std::size_t position = text.positions.empty() ? 0 : text.positions[k];
      add_case(text, k, values.subspan(i * stride + position * classes, classes));
    }
    if (scheme_) add_entities(text);
  }
}

void ClassificationEvaluator::add_case(const JudgedText& text, std::size_t number,
                                       std::span<const float> logits) {
  if (!std::ranges::all_of(logits, [](float logit) { return std::isfinite(logit); }))
    throw runtime_failure("row {} of {}: its logits are not all finite numbers", text.row, evaluation_.file);
  const Decision decision = decide(logits);
  const std::uint32_t label = text.labels[number];
  counts_.add(label, decision.label);
  calibration_.add(confidence_of(logits), decision.label == label);
  if (kind_ == EvaluationKind::Texts && !auroc_.is_full()) {
    log_odds(logits, odds_);
    auroc_.add(label, odds_);
  }
  own_labels_.push_back(decision.label);
  if (!evaluation_.save_decisions.empty()) decisions_.add(decision);
  if (reference_) {
    FlippedCase decided{.row = text.row, .word = {}, .label = label, .fp32 = {}, .own = decision};
    if (!text.words.empty()) decided.word = text.words[number];
    compare(decided);
  }
  ++cases_;
}

void ClassificationEvaluator::compare(const FlippedCase& decided) {
  if (cases_ < reference_->size()) {
    FlippedCase both = decided;
    both.fp32 = reference_->at(cases_);
    if (both.fp32.label < labels_.size()) {
      flips_.add(both);
      reference_counts_.add(both.label, both.fp32.label);
      reference_labels_.push_back(both.fp32.label);
      return;
    }
  }
  no_reference_ = "the decisions of fp32 are of other cases";
  reference_.reset();
}

void ClassificationEvaluator::add_entities(const JudgedText& text) {
  const auto actual = tags_of(*scheme_, text.labels);
  const auto own = tags_of(*scheme_, own_labels_);
  const auto entities = entities_of(actual);
  entities_.add(entities, entities_of(own));
  strict_entities_.add(strict_entities_of(actual, scheme_->has_ends),
                       strict_entities_of(own, scheme_->has_ends));
  if (reference_) reference_entities_.add(entities, entities_of(tags_of(*scheme_, reference_labels_)));
}

void ClassificationEvaluator::fill(Result& result, const EvaluationCounts& counts) const {
  if (cases_ == 0) throw usage_error("{}: nothing in it can be judged", evaluation_.file);
  Metrics& metrics = result.metrics;
  const bool is_words = kind_ == EvaluationKind::Words;
  metrics.set("eval_texts", static_cast<double>(counts.texts));
  if (is_words) metrics.set("eval_words", static_cast<double>(cases_));
  metrics.set("eval_truncated", static_cast<double>(counts.truncated));
  Json& details = result.details[kEvaluationDetails];
  details = {{"kind", is_words ? "words" : "texts"},
             {"file", evaluation_.file},
             {"xxh128", evaluation_.hash},
             {"classes", describe_classes()}};
  details["classes_left_out"] = classes_by_size(counts_).size() - details["classes"].size();
  if (is_words) details["words_left_out"] = counts.words_left;
  fill_scores(metrics);
  if (is_words) fill_entities(result);
  fill_majority(result);
  fill_flips(result);
  if (!evaluation_.save_decisions.empty())
    details["decisions_file"] = decisions_.write(evaluation_.save_decisions, evaluation_.hash).string();
}

void ClassificationEvaluator::fill_scores(Metrics& metrics) const {
  const ClassificationMetrics scores = counts_.metrics();
  metrics.set("eval_accuracy", scores.accuracy);
  metrics.set("eval_f1", scores.f1);
  metrics.set("eval_f1_macro", scores.f1);
  metrics.set("eval_f1_micro", scores.accuracy);  // each case has one label and one decision
  metrics.set("eval_calibration_error", calibration_.value());
  if (kind_ == EvaluationKind::Words) return;
  if (const auto area = auroc_.value()) {
    metrics.set("eval_auroc", *area);
  } else {
    metrics.set_absent("eval_auroc", auroc_.problem());
  }
}

void ClassificationEvaluator::fill_entities(Result& result) const {
  Metrics& metrics = result.metrics;
  if (!scheme_) {
    constexpr const char* kReason = "the labels are no tags of the kind B-X, I-X, O";
    for (const char* key : {"eval_entity_f1", "eval_entity_f1_strict", "eval_entity_f1_overlap"})
      metrics.set_absent(key, kReason);
    return;
  }
  if (entities_.actual() == 0) {
    for (const char* key : {"eval_f1", "eval_entity_f1", "eval_entity_f1_strict", "eval_entity_f1_overlap"})
      metrics.set_absent(key, "no entity is in the file");
  } else {
    metrics.set("eval_f1", entities_.f1());
    metrics.set("eval_entity_f1", entities_.f1());
    metrics.set("eval_entity_f1_strict", strict_entities_.f1());
    metrics.set("eval_entity_f1_overlap", entities_.overlap_f1());
  }
  result.details[kEvaluationDetails]["entities"] = {
      {"actual", entities_.actual()}, {"predicted", entities_.predicted()}, {"correct", entities_.correct()}};
}

void ClassificationEvaluator::fill_majority(Result& result) const {
  const auto most = classes_by_size(counts_).front();
  const std::string name = printable(labels_.at(most), kLongestName);
  result.details[kEvaluationDetails]["majority_label"] = name;
  if (has_one_label(counts_)) {
    result.metrics.set_absent("eval_majority_accuracy", fmt::format("every label is {}", name));
    return;
  }
  const double share = ratio(counts_.classes()[most].actual, counts_.rows());
  result.metrics.set("eval_majority_accuracy", share);
  const double accuracy = counts_.metrics().accuracy;
  if (accuracy >= share) return;
  result.warnings.push_back(
      {.kind = "label_order",
       .text = fmt::format("accuracy {:.3f} is below the {:.3f} of always saying \"{}\"", accuracy, share,
                           printable(name, 60)),
       .advice = "check that id2label of config.json is in the order of the weights, and that the labels of "
                 "the file mean the same; or the model knows nothing of these texts"});
}

void ClassificationEvaluator::fill_flips(Result& result) const {
  std::string problem = no_reference_;
  if (reference_ && cases_ != reference_->size()) problem = "the decisions of fp32 are of other cases";
  if (!reference_ && problem.empty()) return;  // nobody asked
  if (problem.empty()) {
    flips_.fill(result, labels_, evaluation_.save_flips);
    const ClassificationMetrics scores = reference_counts_.metrics();
    result.metrics.set("eval_fp32_accuracy", scores.accuracy);
    if (!scheme_) result.metrics.set("eval_fp32_f1", scores.f1);
    if (scheme_ && entities_.actual() > 0) result.metrics.set("eval_fp32_f1", reference_entities_.f1());
    return;
  }
  for (const char* key :
       {"eval_flips", "eval_flip_share", "eval_flip_share_high", "eval_fp32_accuracy", "eval_fp32_f1"})
    result.metrics.set_absent(key, problem);
}

Json ClassificationEvaluator::describe_classes() const {
  Json list = Json::array();
  for (const std::size_t number : classes_by_size(counts_)) {
    if (list.size() == kMostClasses) break;
    const auto& [actual, predicted, correct] = counts_.classes()[number];
    list.push_back({{"label", printable(labels_.at(number), kLongestName)},
                    {"actual", actual},
                    {"predicted", predicted},
                    {"correct", correct},
                    {"precision", ratio(correct, predicted)},
                    {"recall", ratio(correct, actual)},
                    {"f1", ratio(2 * correct, actual + predicted)}});
  }
  return list;
}

}  // namespace medbench
