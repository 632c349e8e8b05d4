#include "worker/outputs.hpp"

#include <cmath>
#include <cstddef>
#include <fmt/core.h>
#include <iterator>
#include <utility>

#include "base/error.hpp"
#include "data/safetensors.hpp"

namespace medbench {

std::string find_non_finite(const NamedTensors& outputs) {
  for (const auto& [name, tensor] : outputs) {
    if (tensor.dtype() != DType::F32) continue;
    const auto values = tensor.f32();
    std::size_t bad = 0;
    for (const float value : values) bad += std::isfinite(value) ? 0U : 1U;
    if (bad > 0)
      return fmt::format("{} of {} numbers of {} are NaN or infinite", bad, values.size(), printable(name));
  }
  return {};
}

std::string save_outputs(const Job& job, NamedTensors inputs, NamedTensors outputs) {
  inputs.merge(outputs);
  if (!outputs.empty()) {
    throw internal_error("input and output of the model are both named {}",
                         printable(outputs.begin()->first));
  }
  return write_safetensors(
             *job.protocol.save_outputs, inputs,
             {{"job", job.id}, {"backend", job.target.backend}, {"precision", job.target.precision}})
      .string();
}

}  // namespace medbench
