#include "backend/tensorrt/precision.hpp"

#include <algorithm>
#include <fmt/core.h>

#include "backend/tensorrt/versions.hpp"
#include "base/precision.hpp"
#include "passes/precision.hpp"

namespace medbench::trt {

PrecisionChoice choose_precision(std::string_view asked, const Options& options,
                                 const device::CudaDevice& card, std::string_view no_fp8) {
  PrecisionChoice choice{.precision = std::string(asked), .warnings = {}};
  if (asked != kFp32 || (!options.fp8 && !options.bf16)) return choice;
  if (options.fp8 && has_fp8(card) && no_fp8.empty()) {
    choice.precision = passes::kFp8;
    return choice;
  }
  const auto offered = precisions_of(card);
  const bool has_bf16 = std::ranges::find(offered, kBf16) != offered.end();
  choice.precision = has_bf16 ? kBf16 : kFp16;
  const auto warn = [&](std::string_view flag, std::string_view why) {
    choice.warnings.push_back(
        {.kind = "next_best_precision",
         .text = fmt::format("{} was asked for, and {}: {} ran", flag, why, choice.precision),
         .advice = "read the row as one of that precision"});
  };
  if (options.fp8) {
    warn("--trt-fp8", has_fp8(card) ? std::string(no_fp8) : fmt::format("{} has no fp8", card.name));
  } else if (!has_bf16) {
    warn("--trt-bf16", fmt::format("{} has no bf16", card.name));
  }
  return choice;
}

}  // namespace medbench::trt
