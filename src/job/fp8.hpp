// Whether a target asks for fp8, which is no precision of its own: an option of rows of fp32.
#pragma once

#include "job/target.hpp"

namespace medbench {

inline constexpr const char* kFp8Option = "trt.fp8";

inline bool wants_fp8(const Target& target) {
  const auto option = target.options.find(kFp8Option);
  return target.precision == kFp32 && option != target.options.end() &&
         (option->second == "1" || option->second == "on");
}

}  // namespace medbench
