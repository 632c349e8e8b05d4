#include "lower/onnx/flavour.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"

namespace medbench::lower {
namespace {

constexpr std::array kFlavours{
    // It packs weights anyway, so they are best left as they are; the other forms of linear layers and of
    // attention are no faster. The old operator set lets older releases load the model.
    OnnxFlavour{.runtime = "onnxruntime",
                .opset = 17,
                .gelu = GeluForm::Microsoft,
                .grouped = GroupedForm::Medbench,
                .weight_only = WeightOnlyForm::Microsoft},
    // Its CUDA provider has fused kernels for attention. A residual sum is joined with the normalization
    // behind it where linear layers are products and sums; behind a Gemm, whose rows are flat, it is not.
    OnnxFlavour{.runtime = "onnxruntime-cuda",
                .opset = 17,
                .linear = LinearForm::MatMulTransposed,
                .gelu = GeluForm::Microsoft,
                .attention = AttentionForm::Microsoft,
                .weight_only = WeightOnlyForm::Microsoft},
    // A scale after the product of queries and keys would end in the linear layer of the keys, which then
    // takes a slower kernel.
    OnnxFlavour{.runtime = "openvino",
                .linear = LinearForm::MatMulTransposed,
                .quantized = QuantizedForm::Dequantize,
                .grouped = GroupedForm::Dequantize,
                .scale_queries = true},
    OnnxFlavour{.runtime = "tensorrt",
                .linear = LinearForm::MatMulTransposed,
                .quantized = QuantizedForm::Dequantize,
                .grouped = GroupedForm::Dequantize,
                .symmetric_inputs = true,
                .fp8 = true},
};

}  // namespace

std::span<const OnnxFlavour> onnx_flavours() {
  return kFlavours;
}

const OnnxFlavour& find_flavour(std::string_view runtime) {
  const auto found = std::find_if(kFlavours.begin(), kFlavours.end(),
                                  [&](const OnnxFlavour& row) { return row.runtime == runtime; });
  if (found == kFlavours.end()) throw internal_error("no ONNX flavour is called '{}'", runtime);
  return *found;
}

}  // namespace medbench::lower
