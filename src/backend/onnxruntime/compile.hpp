// From a target's graph to the ONNX model that ONNX Runtime runs fastest, and the question which precisions a
// provider really computes in.
#pragma once

#include <string>
#include <string_view>

#include "backend/backend.hpp"
#include "backend/int8.hpp"
#include "backend/onnxruntime/session.hpp"
#include "ir/graph.hpp"
#include "ir/parameters.hpp"
#include "job/target.hpp"

namespace medbench::ort {

// Whether the provider takes linear layers in groups: the host's, with a library that runs our own operators.
GroupSupport groups_of(const Runtime& runtime, const ProviderChoice& provider);

// How the provider takes texts without padding.
PackedForm packed_form(const ProviderChoice& provider, const Target& target);

// The graph with the numbers of what stays the same in all passes.
ir::Graph bind_sizes(const ir::Graph& graph, const ProviderChoice& provider, const ShapeRange& shapes);

// The graph after the passes that the target's precision asks for. `ranges` are those of Build. Throws
// Unsupported for groups that only operators of our own have where the target switches those off.
ir::Graph lower_graph(const ir::Graph& graph, const Target& target, GroupSupport groups = GroupSupport::None,
                      const ir::Ranges& ranges = {});

// Whether a lowered graph has layers that become operators of our own.
bool has_own_operators(const ir::Graph& lowered);

// A lowered graph in one of the forms that this runtime takes: a flavour of the lowering.
lower::OnnxModel write_model(const ir::Graph& graph, ir::ParameterSource& weights,
                             std::string_view form = kPlainForm);

// What a matrix product of this precision is computed in by the provider: read off the profile of a tiny
// model. The library may quietly compute fp16 in fp32, or have no kernel at all: then the answer holds its
// message instead. Engines of TensorRT compute in what the graph says, and run or do not.
struct Probe {
  std::string precision;  // "fp32", "int8" ...; empty when it did not run
  std::string failure;
};
Probe probe_precision(const Runtime& runtime, const ProviderChoice& provider, std::string_view precision);

}  // namespace medbench::ort
