#include "worker/outputs.hpp"

#include <cmath>
#include <cstddef>
#include <fmt/core.h>
#include <iterator>
#include <utility>

#include "base/error.hpp"
#include "data/batches.hpp"
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

void keep_batch(NamedTensors& kept, std::size_t batch, NamedTensors inputs, NamedTensors outputs) {
  for (NamedTensors* tensors : {&inputs, &outputs}) {
    for (auto& [name, tensor] : *tensors) {
      if (!kept.emplace(name_in_batch(name, batch), std::move(tensor)).second)
        throw internal_error("two tensors would be saved as {}", printable(name_in_batch(name, batch)));
    }
  }
}

std::string save_outputs(const Job& job, const NamedTensors& kept) {
  return write_safetensors(
             *job.protocol.save_outputs, kept,
             {{"job", job.id}, {"backend", job.target.backend}, {"precision", job.target.precision}})
      .string();
}

}  // namespace medbench
