#include "tests/conformance/exceptions.hpp"

#include <algorithm>
#include <array>
#include <fnmatch.h>

#include "machine/cpu_info.hpp"
#include "machine/isa_limits.hpp"
#include "machine/proc_file.hpp"

namespace medbench::conformance {
namespace {

constexpr Classes kEvery{};
constexpr Classes kRealAvx2{testing::class_named("avx2"), testing::class_named("avx2"), false};
constexpr Classes kRealAvx512{testing::class_named("avx512"), testing::class_named("avx512_vnni"), false};
constexpr Classes kPlayedAvx2{testing::class_named("avx2"), testing::class_named("avx2"), true};
constexpr Classes kPlayedAvx512{testing::class_named("avx512"), testing::class_named("avx512_vnni"), true};
constexpr Classes kBf16Alone{testing::class_named("avx512_bf16"), testing::class_named("avx512_bf16")};

constexpr std::array kRefusals{
    ExpectedRefusal{"onnxruntime", "cpu", "bf16", kEvery, "does not run bf16"},
    ExpectedRefusal{"openvino", "cpu", "bf16", kRealAvx2, "on this machine, not bf16"},
    ExpectedRefusal{"openvino", "cpu", "bf16", kRealAvx512, "on this machine, not bf16", true},
    ExpectedRefusal{"onnxruntime", "cuda", "", kEvery, "has no provider for cuda", true},
    ExpectedRefusal{"pjrt", "cuda", "", kEvery, "serves cpu, not cuda", true},
    ExpectedRefusal{"torch", "cuda", "", kEvery, "torch on CUDA: ", true},
};

constexpr std::string_view kOneElement =
    "ATen subtracts the mean after it has divided by the deviation, which is that of epsilon alone where a "
    "channel has one element; PyTorch refuses such an image";
constexpr std::string_view kOneElementOfCudnn =
    "ONNX Runtime 1.31 on CUDA has NaN where a channel has one element; medbench refuses images that come to "
    "that";
constexpr std::string_view kOnCpuAlone = "integers run on the CPU alone";
constexpr std::string_view kUnevenGroups = "groups must divide a row";
constexpr std::string_view kLastCast = "of casts to 16 bits and back the last is optimised away";
constexpr std::string_view kOddGelu = "FastGelu of ONNX Runtime 1.31 leaves out the last of an odd number";
constexpr std::string_view kOddFeatures =
    "OpenVINO 2026.4 in bf16 computes integer weights wrongly where features are odd, and divides by zero "
    "where groups do not divide a row; what is not integer is fp32 in medbench's rows";

// It is so with OpenVINO 2026.4 where ONEDNN_MAX_CPU_ISA alone says that there is no more.
constexpr std::string_view kAsksTheProcessor =
    "OpenVINO asks the processor whether it has bf16, and its oneDNN, which obeys the limit, has no such "
    "kernel";
constexpr std::string_view kMixedNorm =
    "OpenVINO's code of a normalisation, made for both AVX2 and what the processor has, crashes";

constexpr std::string_view kNoBytesOfVolumes =
    "OpenVINO 2026.4 in bf16 has no kernel for a depthwise convolution of a volume from bytes to bytes; what "
    "is "
    "not integer is fp32 in medbench's rows";

constexpr std::string_view kGroupedVolumes =
    "OpenVINO 2026.4 computes a convolution of a volume of bytes in groups wrongly where its oneDNN is "
    "limited to "
    "AVX2; medbench leaves them in floating point";

constexpr std::array kLeftOut{
    LeftOutCases{"openvino", "cpu", "bf16", "", "*", kPlayedAvx2, kAsksTheProcessor},
    LeftOutCases{"openvino", "cpu", "bf16", "QuantizedLinear", "*", kPlayedAvx512, kAsksTheProcessor},
    LeftOutCases{"openvino", "cpu", "fp32", "LayerNorm", "*", kPlayedAvx2, kMixedNorm},
    LeftOutCases{"openvino", "cpu", "fp32", "Encoder", "*", kPlayedAvx2, kMixedNorm},
    LeftOutCases{"openvino", "cpu", "fp32", "PackedEncoder", "*", kPlayedAvx2, kMixedNorm},
    LeftOutCases{"openvino", "cpu", "fp32", "InstanceNorm", "*", kPlayedAvx2, kMixedNorm},
    LeftOutCases{"openvino", "cpu", "fp32", "ConvolutionalNetwork", "*", kPlayedAvx2, kMixedNorm},
    LeftOutCases{"openvino", "cpu", "bf16", "QuantizedLinear", "*_67_to_33", kBf16Alone, kOddFeatures},
    LeftOutCases{"openvino", "cpu", "bf16", "QuantizedConvolution", "volume_depthwise_to_integers", kEvery,
                 kNoBytesOfVolumes},
    LeftOutCases{"openvino", "cpu", "fp32", "QuantizedConvolution", "volume_in_groups*", kPlayedAvx2,
                 kGroupedVolumes},
    LeftOutCases{"openvino", "cpu", "fp32", "QuantizedConvolution", "volume_in_groups*", kRealAvx2,
                 kGroupedVolumes},
    LeftOutCases{"pjrt", "cpu", "", "QuantizedLinear", "groups_*_67_to_33", kEvery, kUnevenGroups},
    LeftOutCases{"torch", "cpu", "fp32", "InstanceNorm", "*_channels_of_1x1", kEvery, kOneElement},
    LeftOutCases{"torch", "cpu", "int8", "InstanceNorm", "*_channels_of_1x1", kEvery, kOneElement},
    LeftOutCases{"torch", "cuda", "fp32", "InstanceNorm", "*_channels_of_1x1*", kEvery, kOneElement},
    LeftOutCases{"onnxruntime", "cuda", "", "InstanceNorm", "*_channels_of_1x1*", kEvery, kOneElementOfCudnn},
    LeftOutCases{"onnxruntime", "cuda", "", "QuantizedLinear", "*", kEvery, kOnCpuAlone},
    LeftOutCases{"pjrt", "cuda", "", "QuantizedLinear", "*", kEvery, kOnCpuAlone},
    LeftOutCases{"torch", "cuda", "", "QuantizedLinear", "*", kEvery, kOnCpuAlone},
    LeftOutCases{"onnxruntime", "cuda", "fp16", "Cast", "from_*_to_*F16", kEvery, kLastCast},
    LeftOutCases{"onnxruntime", "cuda", "bf16", "Cast", "from_*_to_*F16", kEvery, kLastCast},
    LeftOutCases{"onnxruntime", "cuda", "fp16", "Linear", "1_to_1_gelu_tanh*", kEvery, kOddGelu},
    LeftOutCases{"onnxruntime", "cuda", "fp16", "Linear", "7_to_5_gelu_tanh*", kEvery, kOddGelu},
    LeftOutCases{"onnxruntime", "cuda", "fp16", "Linear", "67_to_129_gelu_tanh*", kEvery, kOddGelu},
    LeftOutCases{"onnxruntime", "cuda", "fp16", "Encoder", "gelu_new_pooler*", kEvery, kOddGelu},
};

bool are_here(const Classes& classes) {
  const testing::ClassIndex own = testing::class_of(usable_isa());
  static const testing::ClassIndex kWithoutLimits =
      testing::class_of(parse_cpu_info(read_proc_file("/proc/cpuinfo"), {}).isa);
  return own >= classes.least && own <= classes.most &&
         (!classes.is_played || *classes.is_played == (own != kWithoutLimits));
}

template <class Row>
bool is_about(const Row& row, const SuiteOptions& options, std::string_view precision) {
  return row.backend == options.backend && row.device == options.device &&
         (row.precision.empty() || row.precision == precision) && are_here(row.classes);
}

}  // namespace

std::span<const LeftOutCases> all_left_out() {
  return kLeftOut;
}

const ExpectedRefusal* find_refusal(const SuiteOptions& options, std::string_view precision) {
  const auto* const row = std::ranges::find_if(
      kRefusals, [&](const ExpectedRefusal& known) { return is_about(known, options, precision); });
  return row == kRefusals.end() ? nullptr : row;
}

const LeftOutCases* find_left_out(const SuiteOptions& options, const Suite& suite, const Case& item) {
  const auto* const row = std::ranges::find_if(kLeftOut, [&](const LeftOutCases& known) {
    return (known.family.empty() || known.family == suite.family) &&
           is_about(known, options, suite.precision) && ::fnmatch(known.cases, item.name.c_str(), 0) == 0;
  });
  return row == kLeftOut.end() ? nullptr : row;
}

// XLA has no convolution of BF16 for CPUs.
bool convolves_in_fp32(const SuiteOptions& options, std::string_view precision) {
  return (options.backend == "pjrt" && options.device.starts_with("cpu")) ||
         (options.backend == "onnxruntime" && precision == kBf16);
}

}  // namespace medbench::conformance
