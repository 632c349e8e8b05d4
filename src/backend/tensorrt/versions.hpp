// Which TensorRT goes with what: libraries with the headers that the worker was built with, and cards with
// libraries. TensorRT's classes are tables of functions, which differ between major versions. It knows no
// TensorRT header.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "device/cuda_driver.hpp"

namespace medbench::trt {

inline constexpr std::string_view kTensorRt = "TensorRT";
inline constexpr std::string_view kTensorRtForRtx = "TensorRT for RTX";

// Of headers or of a library. TensorRT for RTX counts its versions from 1, TensorRT has long passed that.
struct Version {
  int major = 0;
  int minor = 0;
  int patch = 0;
  int build = 0;

  [[nodiscard]] bool is_rtx() const { return major < 8; }
  [[nodiscard]] std::string_view flavour() const { return is_rtx() ? kTensorRtForRtx : kTensorRt; }
  [[nodiscard]] std::string text() const;  // "10.13.2.6"
};

// As the library gives it: 101302 is 10.13.2, 10701 is 1.7.1 and 8601 is 8.6.1.
Version version_of(int number);

// Why a worker built with these headers cannot use the library, one sentence; nothing where it can.
std::optional<std::string> version_refusal(const Version& headers, const Version& library,
                                           std::string_view path);

// Why the library does not run on the card, one sentence with the advice; nothing where it may. What it says
// itself counts more.
std::optional<std::string> card_refusal(const Version& library, const device::CudaDevice& card);

// "fp32", "fp16" ... that the library and the card have; "fp8" is no precision that a job can ask for.
std::vector<std::string> precisions_of(const device::CudaDevice& card);
bool has_fp8(const device::CudaDevice& card);

}  // namespace medbench::trt
