// Puts an ONNX model together: nodes, constants, names that are unique, and the list of external tensors.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "lower/onnx/onnx.hpp"

namespace medbench::onnx {
class ModelProto;
class NodeProto;
class TensorProto;
}  // namespace medbench::onnx

namespace medbench::lower {

using AttributeValue = std::variant<std::int64_t, double, std::string, std::vector<std::int64_t>>;
struct Attribute {
  std::string_view name;
  AttributeValue value;
};

struct NodeSpec {
  std::string_view op;
  std::vector<std::string> inputs;  // "" leaves an optional one out
  std::vector<Attribute> attributes = {};
  std::string_view domain = {};  // kMicrosoft for contrib operators, kMedbench for ours
};
inline constexpr std::string_view kMicrosoft = "com.microsoft";
inline constexpr std::string_view kMedbench = "medbench";

class ModelBuilder {
 public:
  ModelBuilder(std::string_view graph_name, std::int64_t opset);
  ~ModelBuilder();
  ModelBuilder(const ModelBuilder&) = delete;
  ModelBuilder& operator=(const ModelBuilder&) = delete;

  // A name that nothing has yet, as like `wanted` as ONNX allows. Later ones differ from it.
  std::string unique_name(std::string_view wanted);

  void add_input(const std::string& name, DType dtype, const ir::Shape& shape);
  void add_output(const std::string& name, DType dtype, const ir::Shape& shape);

  // Appends a node whose result is called `wanted` or something like it; returns that name.
  std::string add(const NodeSpec& node, std::string_view wanted);
  // Appends a node with several results.
  std::vector<std::string> add(const NodeSpec& node, std::span<const std::string> wanted);
  // Appends a node whose result has exactly this name, which unique_name() gave.
  void add_exactly(const NodeSpec& node, const std::string& name);

  // What ONNX calls this type, for the attribute `to` of Cast.
  [[nodiscard]] static std::int64_t type_code(DType dtype);

  // Small constants inside the model, each value once.
  std::string constant(const std::vector<std::int64_t>& values);  // [n] I64
  std::string constant(double value, DType dtype);                // a scalar

  // Bytes of E4M3, of one zero or of a weight [out, in].
  std::string fp8_zero();
  std::string add_fp8_weight(std::string_view wanted, std::vector<std::int64_t> shape,
                             ir::ParameterData data);

  // A weight: outside the model unless it is small.
  std::string add_weight(std::string_view wanted, DType dtype, std::vector<std::int64_t> shape,
                         ir::ParameterData data);

  [[nodiscard]] OnnxModel finish();

 private:
  onnx::NodeProto& append(const NodeSpec& node, std::string_view name);
  void set_raw(onnx::TensorProto& tensor, DType dtype, std::span<const std::int64_t> shape,
               std::span<const std::byte> bytes);

  std::unique_ptr<onnx::ModelProto> model_;
  std::set<std::string, std::less<>> names_;
  std::map<std::string, int, std::less<>> suffixes_;  // the last number tried for a name
  std::map<std::vector<std::int64_t>, std::string> integers_;
  std::map<std::pair<double, DType>, std::string> scalars_;
  std::string fp8_zero_;
  std::set<std::string, std::less<>> domains_;  // beside ONNX's own
  OnnxModel result_;
};

}  // namespace medbench::lower
