#include "tests/conformance/cases.hpp"

#include <cstring>
#include <utility>

#include "base/error.hpp"
#include "tests/conformance/case_builder.hpp"
#include "tests/conformance/families.hpp"
#include "tests/support/parameters.hpp"
#include "tests/support/tiny_bert.hpp"

namespace medbench::conformance {
namespace {

HostTensor narrow(const HostTensor& wide) {
  HostTensor tensor(DType::I32, wide.shape());
  for (std::size_t i = 0; i < wide.i64().size(); ++i) {
    const auto value = static_cast<std::int32_t>(wide.i64()[i]);
    std::memcpy(tensor.bytes().data() + i * sizeof(value), &value, sizeof(value));
  }
  return tensor;
}

HostTensor random_integers(const ir::Value& value, const Axes& axes, const InputRules& rules,
                           std::uint64_t seed) {
  HostTensor tensor = value.name == "mask" ? testing::random_mask(axes, rules.mask, seed)
                                           : testing::random_ids(axes, rules.id_limit, seed);
  return value.dtype == DType::I32 ? narrow(tensor) : std::move(tensor);
}

}  // namespace

NamedTensors random_inputs(const ir::Graph& graph, const Axes& axes, const InputRules& rules,
                           std::uint64_t seed) {
  NamedTensors inputs;
  for (const ir::ValueId id : graph.inputs()) {
    const ir::Value& value = graph.value(id);
    inputs[value.name] = is_floating_point(value.dtype)
                             ? testing::random_floats(ir::bind(value.shape, axes), seed + id, rules.scale)
                             : random_integers(value, axes, rules, seed + id);
  }
  return inputs;
}

void CaseBuilder::add(std::string name, const Axes& axes, const Build& build, InputRules rules) {
  ir::GraphBuilder builder(name);
  builder.output("y", build(builder));
  Case item{std::move(name), builder.build(), axes, {}};
  item.inputs = [graph = item.graph, axes, rules](std::uint64_t seed) {
    return random_inputs(graph, axes, rules, seed);
  };
  cases_.push_back(std::move(item));
}

std::vector<Case> encoder_cases() {
  std::vector<Case> cases;
  for (const testing::TinyBert& bert : testing::tiny_berts()) {
    cases.push_back(
        {bert.name, bert.graph(), bert.axes, [bert](std::uint64_t seed) { return bert.inputs(seed); }});
  }
  return cases;
}

std::vector<Case> cases_of(std::string_view family) {
  for (const Family& row : kFamilies) {
    if (row.name == family) return row.make();
  }
  throw internal_error("no conformance cases are called '{}'", family);
}

}  // namespace medbench::conformance
