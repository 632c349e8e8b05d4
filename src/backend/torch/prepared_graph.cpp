#include "backend/torch/prepared_graph.hpp"

#include <utility>

#include "backend/int8.hpp"
#include "backend/torch/byte_convolution.hpp"
#include "base/error.hpp"
#include "ir/folded_parameters.hpp"
#include "ir/verifier.hpp"
#include "passes/autocast.hpp"
#include "passes/fold_batch_norm.hpp"
#include "passes/passes.hpp"
#include "passes/precision.hpp"

namespace medbench::torch_backend {

namespace {

void fold(PreparedGraph& prepared) {
  passes::FoldedGraph folded = passes::fold_batch_norm(std::move(prepared.graph));
  if (!folded.convolutions.empty()) {
    prepared.weights =
        std::make_shared<ir::FoldedParameters>(prepared.weights, std::move(folded.convolutions));
  }
  prepared.graph = std::move(folded.graph);
}

void quantize(PreparedGraph& prepared, const Build& build, const Options& options) {
  auto settings = options.own_kernels ? quantization_settings(build.target, GroupSupport::Everything)
                                      : quantization_settings(build.target, GroupSupport::Weights,
                                                              fmt::format("{}=off", kOwnKernels));
  settings.convolutions = has_byte_convolution();
  settings.results = passes::RoundedResults::Addends;
  prepared.graph = passes::quantize(std::move(prepared.graph), settings, build.ranges);
  prepared.quantization = describe_quantization(prepared.graph, build.target);
}

}  // namespace

PreparedGraph prepare_graph(const ir::Graph& graph, ir::ParameterSource& weights, const Build& build,
                            const Options& options, Form form) {
  // Nobody owns the source here.
  PreparedGraph prepared{graph, std::shared_ptr<ir::ParameterSource>(std::shared_ptr<void>(), &weights), {}};
  const bool is_static =
      build.target.quantization && build.target.quantization->method == QuantizationMethod::Static;
  if (form == Form::Fused || (build.target.precision == kInt8 && is_static)) fold(prepared);
  if (form == Form::Fused) prepared.graph = passes::fuse_qkv(passes::fuse_linear(std::move(prepared.graph)));
  if (build.target.precision == kInt8) quantize(prepared, build, options);
  const DType dtype = passes::dtype_of_precision(build.target.precision).value_or(DType::F32);
  prepared.amp = options.amp && dtype != DType::F32;
  if (prepared.amp) {
    const auto lists =
        build.target.device == "cpu" ? passes::AutocastLists::Cpu : passes::AutocastLists::Cuda;
    prepared.graph = passes::autocast(std::move(prepared.graph), dtype, lists);
  } else {
    prepared.graph = passes::lower_precision(std::move(prepared.graph), dtype);
  }
  ir::check_axes(prepared.graph, build.shapes.most);
  return prepared;
}

}  // namespace medbench::torch_backend
