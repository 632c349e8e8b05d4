#include "accuracy/auroc.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace medbench {

namespace {

constexpr std::size_t kMostScores = std::size_t{1} << 26;  // 256 MiB

}  // namespace

std::optional<double> auroc(std::vector<std::pair<float, bool>> scored) {
  std::ranges::sort(scored, {}, &std::pair<float, bool>::first);
  double positives = 0;
  double negatives = 0;
  double above = 0;  // pairs of a positive and a negative below it
  for (std::size_t begin = 0; begin < scored.size();) {
    double equal_positives = 0;
    std::size_t end = begin;
    for (; end < scored.size() && scored[end].first == scored[begin].first; ++end)
      equal_positives += scored[end].second ? 1 : 0;
    const double equal_negatives = static_cast<double>(end - begin) - equal_positives;
    above += equal_positives * (negatives + equal_negatives / 2);
    positives += equal_positives;
    negatives += equal_negatives;
    begin = end;
  }
  if (positives == 0 || negatives == 0) return std::nullopt;
  return above / (positives * negatives);
}

void ClassAuroc::add(std::size_t actual, std::span<const float> scores) {
  if (scores_.size() + scores.size() > kMostScores) {
    is_full_ = true;
    scores_ = {};
    actual_ = {};
  }
  if (is_full_) return;
  actual_.push_back(static_cast<std::uint32_t>(actual));
  scores_.insert(scores_.end(), scores.begin(), scores.end());
}

std::optional<double> ClassAuroc::value() const {
  double sum = 0;
  double count = 0;
  for (std::size_t which = classes_ == 2 ? 1 : 0; which < classes_; ++which) {
    if (std::ranges::find(actual_, which) == actual_.end()) continue;
    std::vector<std::pair<float, bool>> scored;
    scored.reserve(actual_.size());
    for (std::size_t i = 0; i < actual_.size(); ++i)
      scored.emplace_back(scores_[i * classes_ + which], actual_[i] == which);
    const auto area = auroc(std::move(scored));
    sum += area.value_or(0);
    count += area ? 1 : 0;
  }
  if (count == 0) return std::nullopt;
  return sum / count;
}

std::string ClassAuroc::problem() const {
  if (is_full_) return fmt::format("more than {} scores, which are not kept", kMostScores);
  return value() ? "" : "all labels are the same";
}

}  // namespace medbench
