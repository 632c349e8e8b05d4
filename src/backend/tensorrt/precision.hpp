// Which precision a row gets where options allow narrower ones than it names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "backend/tensorrt/options.hpp"
#include "device/cuda_driver.hpp"
#include "job/result.hpp"

namespace medbench::trt {

struct PrecisionChoice {
  std::string precision;
  std::vector<Warning> warnings;
};

// trt.fp8 and trt.bf16 are for rows of fp32: the first of them that can be had on the card, with a warning
// for one that is asked for and cannot. `no_fp8` is why the graph has none, if so. A row of another precision
// keeps it.
PrecisionChoice choose_precision(std::string_view asked, const Options& options,
                                 const device::CudaDevice& card, std::string_view no_fp8 = {});

}  // namespace medbench::trt
