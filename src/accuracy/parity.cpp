#include "accuracy/parity.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <fmt/core.h>
#include <vector>

namespace medbench {

namespace {

using Vector = std::span<const float>;

std::string find_unusable(const TensorView& tensor, std::span<const float> values, std::string_view whose) {
  const auto bad =
      std::count_if(values.begin(), values.end(), [](float value) { return !std::isfinite(value); });
  if (bad > 0) {
    return fmt::format("{} of {} numbers of the {} {} are NaN or infinite", bad, values.size(), whose,
                       shape_to_string(tensor.shape));
  }
  return {};
}

// log(sum(exp(x))), shifted by the largest element so that nothing overflows.
double log_sum_exp(Vector vector) {
  const double largest = *std::max_element(vector.begin(), vector.end());
  double sum = 0;
  for (const float value : vector) sum += std::exp(static_cast<double>(value) - largest);
  return largest + std::log(sum);
}

// Of the softmax distributions; never below 0 but for rounding.
double divergence(Vector reference, Vector candidate) {
  const double reference_scale = log_sum_exp(reference);
  const double candidate_scale = log_sum_exp(candidate);
  double sum = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double log_p = static_cast<double>(reference[i]) - reference_scale;
    const double log_q = static_cast<double>(candidate[i]) - candidate_scale;
    sum += std::exp(log_p) * (log_p - log_q);
  }
  return std::max(0.0, sum);
}

std::ptrdiff_t largest_at(Vector vector) {
  return std::max_element(vector.begin(), vector.end()) - vector.begin();
}

}  // namespace

void ParitySums::Range::add(const Range& other) {
  least = std::min(least, other.least);
  most = std::max(most, other.most);
}

void ParitySums::add_token(Vector reference, Vector candidate) {
  for (std::size_t i = 0; i < reference.size(); ++i) {
    reference_.add({reference[i], reference[i]});
    candidate_.add({candidate[i], candidate[i]});
    const double r = reference[i];
    const double c = candidate[i];
    squares_ += (r - c) * (r - c);
    max_abs_ = std::max(max_abs_, std::abs(r - c));
    product_ += r * c;
    reference_square_ += r * r;
    candidate_square_ += c * c;
  }
  count_ += reference.size();
  divergences_ += divergence(reference, candidate);
  ++tokens_;
}

void ParitySums::add_sequence(Vector reference, Vector candidate) {
  matches_ += largest_at(reference) == largest_at(candidate) ? 1U : 0U;
  ++sequences_;
}

double ParitySums::cosine() const {
  if (reference_square_ == 0 && candidate_square_ == 0) return 1;
  if (reference_square_ == 0 || candidate_square_ == 0) return 0;
  return std::clamp(product_ / (std::sqrt(reference_square_) * std::sqrt(candidate_square_)), -1.0, 1.0);
}

std::string ParitySums::add(const TensorView& reference, const TensorView& candidate,
                            const TensorView* mask) {
  if (reference.shape != candidate.shape) {
    return fmt::format("the output has the shape {}, the reference {}", shape_to_string(candidate.shape),
                       shape_to_string(reference.shape));
  }
  if (!is_floating_point(reference.dtype) || !is_floating_point(candidate.dtype)) {
    return fmt::format("the output is {} and the reference {}, not floating-point",
                       to_string(candidate.dtype), to_string(reference.dtype));
  }
  const std::vector<float> expected = to_float(reference);
  const std::vector<float> found = to_float(candidate);
  if (expected.empty() || reference.shape.size() < 2)
    return fmt::format("an output of the shape {} cannot be compared", shape_to_string(reference.shape));
  for (const auto& problem :
       {find_unusable(reference, expected, "reference"), find_unusable(candidate, found, "output")}) {
    if (!problem.empty()) return problem;
  }

  const auto width = static_cast<std::size_t>(reference.shape.back());
  const std::size_t tokens = expected.size() / width;
  const std::size_t tokens_per_sequence = tokens / static_cast<std::size_t>(reference.shape.front());
  std::vector<float> keep;
  if (mask != nullptr) keep = to_float(*mask);
  const bool is_masked = keep.size() == tokens && reference.shape.size() > 2;
  for (std::size_t token = 0; token < tokens; ++token) {
    const Vector r = Vector(expected).subspan(token * width, width);
    const Vector c = Vector(found).subspan(token * width, width);
    if (!is_masked || keep[token] != 0) add_token(r, c);
    if (token % tokens_per_sequence == 0) add_sequence(r, c);
  }
  return {};
}

void ParitySums::add(const ParitySums& other) {
  squares_ += other.squares_;
  max_abs_ = std::max(max_abs_, other.max_abs_);
  product_ += other.product_;
  reference_square_ += other.reference_square_;
  candidate_square_ += other.candidate_square_;
  divergences_ += other.divergences_;
  count_ += other.count_;
  tokens_ += other.tokens_;
  matches_ += other.matches_;
  sequences_ += other.sequences_;
  reference_.add(other.reference_);
  candidate_.add(other.candidate_);
}

std::string ParitySums::problem() const {
  if (tokens_ == 0) return "every token is padding";
  if (!reference_.is_one_number() || !candidate_.is_one_number()) return {};
  if (reference_square_ == 0 && candidate_square_ == 0)
    return "the reference and the row are all zero: nothing can be told";
  return fmt::format("the reference is {} throughout and the row {}: nothing can be told", reference_.least,
                     candidate_.least);
}

Parity ParitySums::parity() const {
  const double tokens = static_cast<double>(tokens_);
  return {.mse = squares_ / static_cast<double>(count_),
          .cosine = cosine(),
          .top1_match = static_cast<double>(matches_) / static_cast<double>(sequences_),
          .kl = divergences_ / tokens,
          .max_abs = max_abs_};
}

}  // namespace medbench
