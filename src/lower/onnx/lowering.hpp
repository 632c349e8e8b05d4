// Turns one graph into ONNX nodes. A value has up to two tensors: in its own shape, and flat, as [rows,
// width], for what works row by row; each is made when it is first asked for.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "lower/onnx/model_builder.hpp"
#include "lower/onnx/parameter_forms.hpp"

namespace medbench::lower {

class Lowering {
 public:
  Lowering(const ir::Graph& graph, ir::ParameterSource& weights, const OnnxFlavour& flavour);
  [[nodiscard]] OnnxModel run();

 private:
  struct Mask {
    std::string bias;  // [batch, 1, 1, seq], 0 where to attend, else very negative
    std::string any;   // [batch, 1, 1]: 1, or 0 where there is nothing to attend to
  };
  struct QuantizedInput {
    std::string integers;
    std::string scale;
    std::string zero_point;
  };
  struct Tensors {
    std::string own;
    std::string flat;
  };
  // What a node's results are made in: the flat form when `own` is not there yet.
  enum class Form { Own, Flat };

  void name_interface();
  void finish_outputs();

  void lower(const ir::Node& node, const ir::Embedding& op);
  void lower(const ir::Node& node, const ir::Linear& op);
  void lower(const ir::Node& node, const ir::QuantizedLinear& op);
  void lower(const ir::Node& node, const ir::FakeQuantize& op);
  void lower(const ir::Node& node, const ir::LayerNorm& op);
  void lower(const ir::Node& node, const ir::Activate& op);
  void lower(const ir::Node& node, const ir::Softmax& op);
  void lower(const ir::Node& node, const ir::Attention& op);
  void lower(const ir::Node& node, const ir::PackedAttention& op);
  void lower(const ir::Node& node, const ir::Add& op);
  void lower(const ir::Node& node, const ir::Reshape& op);
  void lower(const ir::Node& node, const ir::Transpose& op);
  void lower(const ir::Node& node, const ir::Slice& op);
  void lower(const ir::Node& node, const ir::Cast& op);
  void lower(const ir::Node& node, const ir::RoundToFp8& op);
  void lower(const ir::Node& node, const ir::Convolution& op);
  void lower(const ir::Node& node, const ir::QuantizedConvolution& op);
  void lower(const ir::Node& node, const ir::TransposedConvolution& op);
  void lower(const ir::Node& node, const ir::Pool& op);
  void lower(const ir::Node& node, const ir::AdaptiveAveragePool& op);
  void lower(const ir::Node& node, const ir::BatchNorm& op);
  void lower(const ir::Node& node, const ir::InstanceNorm& op);
  void lower(const ir::Node& node, const ir::Concatenate& op);
  void lower(const ir::Node& node, const ir::Upsample& op);
  void lower(const ir::Node& node, const ir::Pad& op);

  // Of any value.
  [[nodiscard]] const ir::Value& value(ir::ValueId id) const { return graph_.value(id); }
  std::string own(ir::ValueId id);
  std::string flat(ir::ValueId id);
  std::string in_form(ir::ValueId id, Form form) { return form == Form::Own ? own(id) : flat(id); }
  [[nodiscard]] Form available_form(ir::ValueId id) const;

  // The last node of an operation: its result is the value of `node`.
  void make(const ir::Node& node, const NodeSpec& spec, Form form = Form::Own);
  // Adds a node on the way to the value of `node`.
  std::string step(const ir::Node& node, std::string_view suffix, const NodeSpec& spec);

  // Shapes with symbols.
  std::string dim(const ir::Dim& dim);       // [1] I64
  std::string dims(const ir::Shape& shape);  // [rank] I64
  std::string symbol(Axis axis);             // [1] I64

  // Linear layers. Each gives the node that makes x W^T + bias.
  NodeSpec product(const ir::Node& node, Form form);
  NodeSpec quantized_product(const ir::Node& node, const ir::QuantizedLinear& op, Form form);
  std::string integer_product(const ir::Node& node, const ir::QuantizedLinear& op, Form form);
  std::string packed_product(const ir::Node& node, const ir::QuantizedLinear& op, const std::string& x);
  NodeSpec grouped_product(const ir::Node& node, const ir::QuantizedLinear& op, Form form);
  std::string dequantized_product(const ir::Node& node, const ir::QuantizedLinear& op, Form form);
  std::string dequantized_weight(const ir::Node& node, const ir::QuantizedLinear& op);
  const QuantizedInput& quantized_input(const ir::Node& node, const ir::QuantizedLinear& op, Form form);
  void measure_range(const std::string& x, const std::string& name, std::int32_t largest,
                     QuantizedInput& result);
  std::string symmetric_input(const ir::Node& node, const ir::QuantizedLinear& op, const std::string& x);
  std::string wide_input(ir::ValueId id, Form form);  // as F32
  std::string wide_bias(const ir::Node& node);        // as F32
  void finish_linear(const ir::Node& node, NodeSpec product, ir::Activation activation, bool residual,
                     Form form);
  std::string bias(const ir::Node& node);
  std::string transpose(const ir::Node& node, const std::string& matrix);
  // What the result of this node is multiplied by, through its parameters.
  [[nodiscard]] double output_scale(const ir::Node& node) const;
  void find_query_scales();
  [[nodiscard]] NodeSpec activation(const std::string& x, ir::Activation kind, double slope = 0) const;
  [[nodiscard]] NodeSpec gelu(const std::string& x, bool by_tanh) const;

  // Images.
  std::string image(ir::ValueId id);                      // as F32 where it is BF16
  std::vector<std::string> images(const ir::Node& node);  // every input of it
  // The last node, which makes F32 where the value is BF16, or at any rate if `is_wide`.
  void make_image(const ir::Node& node, const NodeSpec& spec, bool is_wide = false);
  NodeSpec averaged(const ir::Node& node, const std::string& x, ir::Shape& shape, std::size_t axis,
                    std::int64_t size);

  // Attention.
  const Mask& mask(ir::ValueId id, DType dtype);
  std::string heads(const ir::Node& node, ir::ValueId id, std::int64_t heads,
                    const std::vector<std::int64_t>& order, std::string_view suffix);
  [[nodiscard]] static double attention_scale(const ir::Value& result, std::int64_t heads);
  std::string fused_context(const ir::Node& node, const ir::Attention& op);
  std::string places(ir::ValueId id);
  std::string context(const ir::Node& node, const ir::Attention& op);  // before rows without keys are zeroed

  const ir::Graph& graph_;
  const OnnxFlavour& flavour_;
  ModelBuilder model_;
  ParameterForms parameters_;
  std::vector<Tensors> tensors_;              // by value
  std::vector<std::string> output_names_;     // by output
  std::map<ir::ValueId, std::string> names_;  // of results that are outputs
  std::map<std::pair<ir::ValueId, DType>, Mask> masks_;
  std::map<ir::ValueId, std::string> places_;  // as I32
  // By value, form, largest integer and static range.
  std::map<std::tuple<ir::ValueId, bool, std::int32_t, double, double>, QuantizedInput> quantized_;
  std::map<ir::ValueId, double> output_scales_;             // of linears that make queries
  std::map<ir::ValueId, float> input_units_;                // of images that are of integers: their scale
  std::map<std::vector<std::string>, std::string> shapes_;  // concatenated
  std::map<std::string, std::string> sizes_;                // of dimensions by their text
  std::map<Axis, std::string> symbols_;
};

}  // namespace medbench::lower
