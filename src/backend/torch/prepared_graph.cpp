#include "backend/torch/prepared_graph.hpp"

#include <utility>

#include "backend/int8.hpp"
#include "base/error.hpp"
#include "ir/folded_parameters.hpp"
#include "ir/verifier.hpp"
#include "passes/fold_batch_norm.hpp"
#include "passes/passes.hpp"
#include "passes/precision.hpp"

namespace medbench::torch_backend {

namespace {

void fuse(PreparedGraph& prepared) {
  passes::FoldedGraph folded = passes::fold_batch_norm(std::move(prepared.graph));
  if (!folded.convolutions.empty()) {
    prepared.weights =
        std::make_shared<ir::FoldedParameters>(prepared.weights, std::move(folded.convolutions));
  }
  prepared.graph = passes::fuse_qkv(passes::fuse_linear(std::move(folded.graph)));
}

void quantize(PreparedGraph& prepared, const Build& build, const Options& options) {
  const auto settings = options.own_kernels ? quantization_settings(build.target, GroupSupport::Everything)
                                            : quantization_settings(build.target, GroupSupport::Weights,
                                                                    fmt::format("{}=off", kOwnKernels));
  prepared.graph = passes::quantize_linears(std::move(prepared.graph), settings, build.ranges);
  prepared.quantization = describe_quantization(prepared.graph, build.target);
}

}  // namespace

PreparedGraph prepare_graph(const ir::Graph& graph, ir::ParameterSource& weights, const Build& build,
                            const Options& options, Form form) {
  // Nobody owns the source here.
  PreparedGraph prepared{graph, std::shared_ptr<ir::ParameterSource>(std::shared_ptr<void>(), &weights), {}};
  if (form == Form::Fused) fuse(prepared);
  if (build.target.precision == kInt8) quantize(prepared, build, options);
  const DType dtype = passes::dtype_of_precision(build.target.precision).value_or(DType::F32);
  prepared.graph = passes::lower_precision(std::move(prepared.graph), dtype);
  ir::check_axes(prepared.graph, build.shapes.most);
  return prepared;
}

}  // namespace medbench::torch_backend
