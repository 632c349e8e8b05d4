// What layers and convolutions through oneDNN share. Its operators have no C++ declaration; they are found by
// name.
#pragma once

#include <ATen/core/List.h>
#include <ATen/core/Tensor.h>
#include <c10/core/Scalar.h>
#include <c10/util/string_view.h>
#include <optional>

#include "ir/graph.hpp"

namespace medbench::torch_backend {

// Whether it multiplies tensors of this type on this processor.
bool onednn_has(at::ScalarType type);

using OneDnnScalars = c10::List<std::optional<at::Scalar>>;

// How its operators are told to apply an activation to their result.
struct OneDnnAttribute {
  c10::string_view name;
  std::optional<c10::string_view> algorithm = std::nullopt;
  OneDnnScalars scalars = OneDnnScalars();
};
OneDnnAttribute onednn_attribute(const ir::Activate& activation);

}  // namespace medbench::torch_backend
