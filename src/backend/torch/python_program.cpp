#include "backend/torch/python_program.hpp"

#include <array>
#include <fmt/ranges.h>
#include <set>

#include "base/error.hpp"

namespace medbench::torch_backend {

namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::array<std::byte, kAlignment> kPadding{};

std::string type_name(DType dtype) {
  switch (dtype) {
    case DType::F64:
      return "torch.float64";
    case DType::F32:
      return "torch.float32";
    case DType::F16:
      return "torch.float16";
    case DType::BF16:
      return "torch.bfloat16";
    case DType::I64:
      return "torch.int64";
    case DType::I32:
      return "torch.int32";
    case DType::I16:
      return "torch.int16";
    case DType::I8:
      return "torch.int8";
    case DType::U8:
      return "torch.uint8";
    case DType::Bool:
      return "torch.bool";
  }
  throw internal_error("unknown data type");
}

template <class Numbers>
std::string list(const Numbers& numbers) {
  return fmt::format("[{}]", fmt::join(numbers, ", "));
}

std::string activated(const ir::Activate& activation, const std::string& x) {
  switch (activation.activation) {
    case ir::Activation::None:
      return x;
    case ir::Activation::GeluErf:
      return fmt::format("F.gelu({})", x);
    case ir::Activation::GeluTanh:
      return fmt::format("F.gelu({}, approximate='tanh')", x);
    case ir::Activation::Relu:
      return fmt::format("F.relu({})", x);
    case ir::Activation::Tanh:
      return fmt::format("torch.tanh({})", x);
    case ir::Activation::Silu:
      return fmt::format("F.silu({})", x);
    case ir::Activation::Sigmoid:
      return fmt::format("torch.sigmoid({})", x);
    case ir::Activation::LeakyRelu:
      return fmt::format("F.leaky_relu({}, {})", x, activation.slope);
  }
  throw internal_error("unknown activation");
}

class PythonWriter {
 public:
  PythonWriter(const ir::Graph& graph, const Axes& axes) : graph_(graph), axes_(axes) {}

  PythonProgram run(bool channels_last) {
    std::string body;
    for (const ir::Node& node : graph_.nodes) {
      const std::string value = std::visit([&](const auto& op) { return expression(node, op); }, node.op);
      body += fmt::format("        v{} = {}\n", node.output, value);
    }
    std::vector<std::string> inputs;
    for (const ir::ValueId id : graph_.inputs()) inputs.push_back(fmt::format("v{}", id));
    std::vector<std::string> outputs;
    for (const auto& output : graph_.outputs) outputs.push_back(name(output.value));
    program_.text = fmt::format(
        "import torch\nimport torch.nn.functional as F\n\n\nclass Network(torch.nn.Module):\n"
        "    def __init__(self, path):\n        super().__init__()\n"
        "        data = torch.from_file(path, size={}, dtype=torch.uint8)\n{}\n"
        "    def forward(self, {}):\n{}        return ({},)\n\n\n{}",
        program_.weights_bytes, parameters_, fmt::join(inputs, ", "), body, fmt::join(outputs, ", "),
        examples(channels_last));
    return std::move(program_);
  }

 private:
  // The attribute of a parameter, which is declared the first time: with a storage of its own, since a
  // package holds whole storages.
  std::string name(ir::ValueId id) {
    const ir::Value& value = graph_.value(id);
    if (value.kind != ir::ValueKind::Parameter) return fmt::format("v{}", id);
    if (known_.insert(id).second) {
      const auto shape = ir::bind(value.shape, axes_);
      const std::size_t bytes = static_cast<std::size_t>(element_count(shape)) * size_of(value.dtype);
      const std::size_t offset = program_.weights_bytes;
      parameters_ += fmt::format(
          "        self.p{} = torch.nn.Parameter(data[{}:{}].clone().view({}).reshape({}), "
          "requires_grad=False)\n",
          id, offset, offset + bytes, type_name(value.dtype), list(shape));
      program_.weights.push_back({id, offset});
      program_.weights_bytes = (offset + bytes + kAlignment - 1) / kAlignment * kAlignment;
    }
    return fmt::format("self.p{}", id);
  }
  std::string in(const ir::Node& node, std::size_t index) {
    return index < node.inputs.size() ? name(node.inputs[index]) : "None";
  }
  [[nodiscard]] std::string shape_of(ir::ValueId id) const {
    return list(ir::bind(graph_.value(id).shape, axes_));
  }

  std::string examples(bool channels_last) {
    constexpr std::array kFormats{"channels_last", "channels_last_3d"};
    constexpr std::size_t kPlaneRank = 4;
    std::string tensors;
    for (const ir::ValueId id : graph_.inputs()) {
      const ir::Value& value = graph_.value(id);
      const std::size_t rank = value.shape.size();
      const bool ordered = channels_last && (rank == kPlaneRank || rank == kPlaneRank + 1);
      tensors +=
          fmt::format("torch.empty({}, dtype={}{}).fill_(1), ", shape_of(id), type_name(value.dtype),
                      ordered ? fmt::format(", memory_format=torch.{}", kFormats.at(rank - kPlaneRank)) : "");
    }
    return fmt::format("def inputs():\n    return ({})\n", tensors);
  }

  std::string expression(const ir::Node& node, const ir::Embedding&) {
    return fmt::format("F.embedding({}, {})", in(node, 0), in(node, 1));
  }
  std::string expression(const ir::Node& node, const ir::Linear& op) {
    const std::string y =
        activated({.activation = op.activation},
                  fmt::format("F.linear({}, {}, {})", in(node, 0), in(node, 1), in(node, 2)));
    return op.residual ? fmt::format("{} + {}", y, in(node, 3)) : y;
  }
  std::string expression(const ir::Node& node, const ir::QuantizedLinear&) {
    throw unsupported_error("torch: '{}' is quantized, which inductor is not given", node.name);
  }
  std::string expression(const ir::Node& node, const ir::FakeQuantize&) {
    throw unsupported_error("torch: '{}' rounds to integers, which inductor is not given", node.name);
  }
  std::string expression(const ir::Node& node, const ir::QuantizedConvolution&) {
    throw unsupported_error("torch: '{}' is quantized, which inductor is not given", node.name);
  }
  std::string expression(const ir::Node& node, const ir::LayerNorm& op) {
    return fmt::format("F.layer_norm({0}, {0}.shape[-1:], {1}, {2}, {3})", in(node, 0), in(node, 1),
                       in(node, 2), op.epsilon);
  }
  std::string expression(const ir::Node& node, const ir::Activate& op) { return activated(op, in(node, 0)); }
  std::string expression(const ir::Node& node, const ir::Softmax&) {
    return fmt::format("torch.softmax({}, -1)", in(node, 0));
  }
  std::string expression(const ir::Node& node, const ir::Attention& op) {
    const auto heads = [&](std::size_t index) {
      return fmt::format("{}.unflatten(-1, ({}, -1)).transpose(1, 2)", in(node, index), op.heads);
    };
    return fmt::format(
        "F.scaled_dot_product_attention({}, {}, {}, attn_mask={}.bool()[:, None, None, :])"
        ".transpose(1, 2).flatten(2)",
        heads(0), heads(1), heads(2), in(node, 3));
  }
  static std::string expression(const ir::Node& node, const ir::PackedAttention& /*op*/) {
    throw unsupported_error("torch: '{}' takes texts without padding, which inductor is not given",
                            node.name);
  }
  std::string expression(const ir::Node& node, const ir::Add&) {
    return fmt::format("{} + {}", in(node, 0), in(node, 1));
  }
  std::string expression(const ir::Node& node, const ir::Reshape& op) {
    return fmt::format("{}.reshape({})", in(node, 0), list(ir::bind(op.shape, axes_)));
  }
  std::string expression(const ir::Node& node, const ir::Transpose& op) {
    return fmt::format("{}.permute({})", in(node, 0), list(op.permutation));
  }
  std::string expression(const ir::Node& node, const ir::Slice& op) {
    return fmt::format("{}.narrow({}, {}, {})", in(node, 0), op.axis, op.start, ir::bind(op.length, axes_));
  }
  std::string expression(const ir::Node& node, const ir::Cast& op) {
    return fmt::format("{}.to({})", in(node, 0), type_name(op.to));
  }
  std::string expression(const ir::Node& node, const ir::Convolution& op) {
    return convolution(node, op, "False", ir::PerDimension(op.stride.size(), 0));
  }
  std::string expression(const ir::Node& node, const ir::TransposedConvolution& op) {
    return convolution(node, op, "True", op.output_padding);
  }
  template <class Op>
  std::string convolution(const ir::Node& node, const Op& op, const char* transposed,
                          const ir::PerDimension& output_padding) {
    const std::string x = in(node, 0);
    const std::string weight = in(node, 1);
    const std::string bias = in(node, 2);
    return fmt::format("torch.convolution({}, {}, {}, {}, {}, {}, {}, {}, {})", x, weight, bias,
                       list(op.stride), list(op.padding), list(op.dilation), transposed, list(output_padding),
                       op.groups);
  }
  std::string expression(const ir::Node& node, const ir::Pool& op) {
    const std::string common =
        fmt::format("{}, {}, {}, {}", in(node, 0), list(op.kernel), list(op.stride), list(op.padding));
    const std::size_t dims = op.kernel.size();
    return op.kind == ir::Pooling::Max ? fmt::format("F.max_pool{}d({})", dims, common)
                                       : fmt::format("F.avg_pool{}d({}, False, {})", dims, common,
                                                     op.count_padding ? "True" : "False");
  }
  std::string expression(const ir::Node& node, const ir::AdaptiveAveragePool& op) {
    return fmt::format("F.adaptive_avg_pool{}d({}, {})", op.sizes.size(), in(node, 0), list(op.sizes));
  }
  std::string expression(const ir::Node& node, const ir::BatchNorm& op) {
    return fmt::format("F.batch_norm({}, {}, {}, {}, {}, False, 0.1, {})", in(node, 0), in(node, 3),
                       in(node, 4), in(node, 1), in(node, 2), op.epsilon);
  }
  std::string expression(const ir::Node& node, const ir::InstanceNorm& op) {
    return fmt::format("F.instance_norm({}, None, None, {}, {}, True, 0.1, {})", in(node, 0), in(node, 1),
                       in(node, 2), op.epsilon);
  }
  std::string expression(const ir::Node& node, const ir::Concatenate& op) {
    std::string images;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) images += in(node, i) + ", ";
    return fmt::format("torch.cat(({}), {})", images, op.axis);
  }
  std::string expression(const ir::Node& node, const ir::RoundToFp8& /*op*/) {
    throw unsupported_error("{}: torch runs no fp8 here", node.name);
  }
  std::string expression(const ir::Node& node, const ir::Upsample& op) {
    std::vector<std::int64_t> sizes = ir::bind(graph_.value(node.output).shape, axes_);
    sizes.erase(sizes.begin(), sizes.begin() + 2);
    const std::string common = fmt::format("F.interpolate({}, {}", in(node, 0), list(sizes));
    if (op.interpolation == ir::Interpolation::Nearest) return common + ")";
    return fmt::format("{}, mode='{}', align_corners=False)", common,
                       sizes.size() == 2 ? "bilinear" : "trilinear");
  }
  std::string expression(const ir::Node& node, const ir::Pad& op) {
    std::vector<std::int64_t> widths;  // the last dimension first
    for (std::size_t i = op.begin.size(); i-- > 0;) {
      widths.push_back(op.begin[i]);
      widths.push_back(op.end[i]);
    }
    return fmt::format("F.pad({}, {}, value=float('{}'))", in(node, 0), list(widths), op.value);
  }

  const ir::Graph& graph_;
  const Axes& axes_;
  std::set<ir::ValueId> known_;
  std::string parameters_;
  PythonProgram program_;
};

}  // namespace

PythonProgram write_python(const ir::Graph& graph, const Axes& axes, bool channels_last) {
  return PythonWriter(graph, axes).run(channels_last);
}

void write_weights(const ir::Graph& graph, ir::ParameterSource& weights, const PythonProgram& program,
                   const std::function<void(std::span<const std::byte>)>& write) {
  std::size_t position = 0;
  const auto pad = [&](std::size_t until) { write(std::span(kPadding).first(until - position)); };
  for (const PythonWeight& weight : program.weights) {
    pad(weight.offset);
    const ir::Value& value = graph.value(weight.id);
    const ir::ParameterData data = ir::read_parameter(weights, value, value.dtype);
    write(data.view.data);
    position = weight.offset + data.view.data.size();
  }
  pad(program.weights_bytes);
}

}  // namespace medbench::torch_backend
