#include "accuracy/parity_bounds.hpp"

#include <array>

#include "base/precision.hpp"

namespace medbench {

namespace {

// Rounding alone costs a 12-layer encoder about 1e-7 of the cosine in fp32, 1e-5 in fp16 and 1e-4 in bf16;
// int8 costs it up to 1e-3. A wrong kernel, weight or mask costs far more.
constexpr std::array kBounds{
    ParityBound{kFp32, 0.99999}, ParityBound{kFp16, 0.9999}, ParityBound{kBf16, 0.999},
    ParityBound{kInt8, 0.999},   ParityBound{"fp8", 0.99},
};

}  // namespace

std::span<const ParityBound> parity_bounds() {
  return kBounds;
}

const ParityBound* find_parity_bound(std::string_view precision) {
  for (const auto& bound : kBounds) {
    if (bound.precision == precision) return &bound;
  }
  return nullptr;
}

void fill_accuracy_metrics(Metrics& metrics, const Parity& parity) {
  metrics.set("acc_mse", parity.mse);
  metrics.set("acc_cosine", parity.cosine);
  metrics.set("acc_top1_match", parity.top1_match);
  metrics.set("acc_kl", parity.kl);
  metrics.set("acc_max_abs", parity.max_abs);
}

std::optional<bool> judge_parity(std::string_view precision, double cosine) {
  const ParityBound* bound = find_parity_bound(precision);
  return bound == nullptr ? std::nullopt : std::optional(cosine >= bound->least_cosine);
}

std::optional<bool> parity_holds(const Result& result) {
  if (result.parity) return result.parity;
  const auto cosine = result.metrics.get("acc_cosine");
  return cosine ? judge_parity(result.job.target.precision, *cosine) : std::nullopt;
}

}  // namespace medbench
