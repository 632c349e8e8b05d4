#include "backend/calibration.hpp"

#include <algorithm>

#include "backend/pass.hpp"
#include "base/error.hpp"
#include "job/fp8.hpp"
#include "job/optimization_profile.hpp"
#include "passes/fp8.hpp"
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

}  // namespace

ir::Ranges calibrate(Backend& backend, const ir::Graph& graph, ir::ParameterSource& weights,
                     const Build& build, std::span<const Batch> batches) {
  const ir::Graph observed =
      wants_fp8(build.target) ? passes::observe_fp8_inputs(graph) : passes::observe_linear_inputs(graph);
  ir::Ranges ranges;
  if (observed.outputs.empty()) return ranges;
  Target target = build.target;
  target.precision = kFp32;
  target.quantization.reset();
  target.options.erase(kFp8Option);
  forget_profile(target.options);  // the batches have sizes of their own
  backend.build(observed, weights, {.target = target, .shapes = build.shapes, .threads = build.threads});
  for (const Batch& batch : batches) {
    for (const auto& [name, values] : run_pass(backend, 0, batch.axes, batch.tensors))
      widen(ranges, name, values);
  }
  return ranges;
}

}  // namespace medbench
