#include "backend/calibration.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "backend/pass.hpp"
#include "base/error.hpp"
#include "job/fp8.hpp"
#include "job/optimization_profile.hpp"
#include "passes/fp8.hpp"
#include "passes/passes.hpp"
#include "passes/quantize.hpp"

namespace medbench {

namespace {

void widen(ir::Ranges& ranges, const std::string& name, const HostTensor& values) {
  ir::Range& range = ranges[name];
  for (const float value : values.f32()) {
    // Written so that NaN is kept.
    if (!(double{value} >= range.min)) range.min = double{value};
    if (!(double{value} <= range.max)) range.max = double{value};
    if (!range.is_valid())
      throw runtime_failure("calibration: '{}' holds {}, which is not finite: calibrate on other inputs",
                            name, value);
  }
}

// Runs of outputs that fit into memory together.
std::vector<std::vector<ir::Output>> in_portions(const ir::Graph& graph, const Axes& axes) {
  constexpr std::int64_t kMostElements = std::int64_t{1} << 26;
  std::vector<std::vector<ir::Output>> portions;
  std::int64_t elements = kMostElements;
  for (const ir::Output& output : graph.outputs) {
    const std::int64_t own = element_count(ir::bind(graph.value(output.value).shape, axes));
    if (elements > kMostElements - std::min(own, kMostElements)) {
      portions.emplace_back();
      elements = 0;
    }
    portions.back().push_back(output);
    elements += own;
  }
  return portions;
}

}  // namespace

ir::Ranges calibrate(Backend& backend, const ir::Graph& graph, ir::ParameterSource& weights,
                     const Build& build, std::span<const Batch> batches) {
  const ir::Graph observed =
      wants_fp8(build.target) ? passes::observe_fp8_inputs(graph) : passes::observe_rounded_values(graph);
  ir::Ranges ranges;
  if (observed.outputs.empty()) return ranges;
  for (const ir::ValueId id : graph.inputs()) {
    const ir::Value& input = graph.value(id);
    if (input.dtype != DType::F32) continue;
    for (const Batch& batch : batches) widen(ranges, input.name, batch.tensors.at(input.name));
  }
  Target target = build.target;
  target.precision = kFp32;
  target.quantization.reset();
  target.options.erase(kFp8Option);
  forget_profile(target.options);  // the batches have sizes of their own
  for (auto& outputs : in_portions(observed, build.shapes.most)) {
    ir::Graph part = observed;
    part.outputs = std::move(outputs);
    backend.build(passes::eliminate_dead_code(std::move(part)), weights,
                  {.target = target, .shapes = build.shapes, .threads = build.threads});
    for (const Batch& batch : batches) {
      for (const auto& [name, values] : run_pass(backend, 0, batch.axes, batch.tensors))
        widen(ranges, name, values);
    }
  }
  return ranges;
}

}  // namespace medbench
