// Parameters as initializers of the model, in the forms that operators want. Each form is made once; only the
// plain one leaves the bytes where the checkpoint has them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "ir/quantization.hpp"
#include "lower/onnx/model_builder.hpp"

namespace medbench::lower {

enum class Layout { OutIn, InOut };  // of the matrix of a linear layer; the graph's own is OutIn

// Names of the initializers of a matrix that was rounded per output channel.
struct IntegerMatrix {
  std::string integers;  // I8
  std::string scales;    // F32 [out]
};
// The same of a convolution's weight [out, in/groups, kernel...], with the bias as integers of the products.
struct IntegerFilters {
  std::string integers;     // I8, of the weight's shape
  std::string scales;       // F32 [out]
  std::string bias;         // I32 [out], where there is one
  std::string bias_scales;  // F32 [out]
};
// The same in E4M3.
struct Fp8Matrix {
  std::string numbers;
  std::string scales;  // F32 [out]
};
// The same of a matrix that was rounded in groups, for a product of integers and scales: I8 [out, groups,
// group] and F32 [out, groups, 1], or [out, in] both where groups do not divide a row.
struct IntegerGroups {
  std::string integers;
  std::string scales;
  bool is_divided = false;
};
// The same in com.microsoft.MatMulNBits' packing: runs of `block` elements of a row of [out, in], the last
// one padded with zero points.
struct PackedMatrix {
  std::string integers;  // U8 [out, blocks, block * bits / 8]
  std::string scales;    // F32 [out * blocks]
  std::int64_t bits = 8;
  std::int64_t block = 0;
};
// In the packing of our own kernels, for activations that are rounded in groups as well:
// kernels::PackedGroups.
struct GroupedMatrix {
  std::string integers;    // I8 [panels, padded_in / 4, 16, 4]
  std::string factors;     // F32 [panels, groups, 2, 16]
  std::string equalisers;  // F32 [in]
};

class ParameterForms {
 public:
  ParameterForms(const ir::Graph& graph, ir::ParameterSource& weights, ModelBuilder& model)
      : graph_(graph), weights_(weights), model_(model) {}

  // All throw Usage for weights that are missing or have another shape.
  std::string plain(ir::ValueId id);
  // Of any rank, every element times `factor`, which costs a copy unless it is 1.
  std::string scaled(ir::ValueId id, double factor);
  // The integers of QuantizedLinear; `factor` goes into the scales.
  IntegerMatrix integers(ir::ValueId id, std::int32_t weight_max, Layout layout, double factor = 1);
  // The integers of QuantizedConvolution.
  IntegerFilters filters(ir::ValueId weight, std::int32_t weight_max);
  // `unit` is the scale of x: the bias is rounded to its product with the weight's scales, of which those
  // grow that are too small to hold it in 32 bits.
  IntegerFilters filters(ir::ValueId weight, std::int32_t weight_max, ir::ValueId bias, float unit);
  Fp8Matrix fp8(ir::ValueId id);  // of RoundToFp8
  IntegerGroups integer_groups(ir::ValueId id, std::int32_t weight_max, std::int64_t group,
                               double factor = 1);
  PackedMatrix packed(ir::ValueId id, std::int32_t weight_max, std::int64_t group, double factor = 1);
  // Numbers that no checkpoint holds.
  std::string constant(std::string_view wanted, HostTensor tensor);
  GroupedMatrix grouped(ir::ValueId id, const ir::QuantizedLinear& op, double factor = 1);

 private:
  [[nodiscard]] ir::ParameterData read(const ir::Value& parameter);
  IntegerFilters add_filters(const ir::Value& parameter, const ir::QuantizedWeight& rounded);
  [[nodiscard]] ir::ParameterData multiplied(const ir::Value& parameter, double factor);
  std::string add(const ir::Value& parameter, std::string_view suffix, HostTensor tensor);

  const ir::Graph& graph_;
  ir::ParameterSource& weights_;
  ModelBuilder& model_;
  std::map<std::pair<ir::ValueId, double>, std::string> dense_;
  std::map<std::tuple<ir::ValueId, std::int32_t, Layout, double>, IntegerMatrix> integers_;
  std::map<ir::ValueId, Fp8Matrix> fp8_;
  std::map<std::tuple<ir::ValueId, std::int32_t, std::int64_t, double>, IntegerGroups> integer_groups_;
  std::map<std::tuple<ir::ValueId, std::int32_t, std::int64_t, double>, PackedMatrix> packed_;
  // By value, largest integers, group, room for sums, and factor.
  std::map<std::tuple<ir::ValueId, std::int32_t, std::int32_t, std::int64_t, bool, double>, GroupedMatrix>
      grouped_;
};

}  // namespace medbench::lower
