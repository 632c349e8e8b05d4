// Which of the equivalent ONNX forms a runtime runs fastest: data, one row a runtime.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace medbench::lower {

enum class LinearForm {
  Gemm,              // on [rows, in], with the checkpoint's own [out, in] weight: nothing is copied
  MatMulTransposed,  // on [..., in], with the checkpoint's weight and a Transpose that the runtime folds, and
                     // an Add for the bias
};
enum class GeluForm {
  Standard,   // Gelu of opset 20
  Microsoft,  // com.microsoft.Gelu and FastGelu
};
enum class AttentionForm {
  Products,   // two products and a softmax
  Microsoft,  // com.microsoft.MultiHeadAttention, and PackedMultiHeadAttention without padding
};
// Linears whose input is quantized as well.
enum class QuantizedForm {
  Integers,    // integer products: DynamicQuantizeLinear or QuantizeLinear, and MatMulInteger
  Dequantize,  // products of what DequantizeLinear gives, which the runtime turns into integer ones. Ranges
               // of x that are not known beforehand are left to the runtime, and x with them
};
// Linears whose input is quantized in groups.
enum class GroupedForm {
  Unsupported,
  Medbench,    // medbench.GroupedInt8Linear, an operator of our own
  Dequantize,  // as QuantizedForm::Dequantize, with the weight in groups
};
// Linears of which only the weight is quantized.
enum class WeightOnlyForm {
  Dequantize,  // DequantizeLinear before the product
  Microsoft,   // com.microsoft.MatMulNBits
};

struct OnnxFlavour {
  std::string_view runtime;
  std::int64_t opset = 20;
  LinearForm linear = LinearForm::Gemm;
  GeluForm gelu = GeluForm::Standard;
  AttentionForm attention = AttentionForm::Products;
  QuantizedForm quantized = QuantizedForm::Integers;
  GroupedForm grouped = GroupedForm::Unsupported;
  WeightOnlyForm weight_only = WeightOnlyForm::Dequantize;
  // Inputs that are rounded beforehand become signed integers around 0, of a range that is as wide on both
  // sides: TensorRT has no others.
  bool symmetric_inputs = false;
  bool fp8 = false;  // RoundToFp8 is a QuantizeLinear and a DequantizeLinear of E4M3
  // The scale of attention's products goes into the weights of the queries where they serve nothing else.
  bool scale_queries = false;
};

std::span<const OnnxFlavour> onnx_flavours();
// The row of a name, such as "onnxruntime" or "openvino". Throws Internal for another name.
const OnnxFlavour& find_flavour(std::string_view runtime);

}  // namespace medbench::lower
