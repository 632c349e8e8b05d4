// Parameters in memory, for tests that run graphs.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "base/random.hpp"
#include "ir/graph.hpp"
#include "ir/parameters.hpp"

namespace medbench::testing {

class MemoryParameters final : public ir::ParameterSource {
 public:
  MemoryParameters() = default;
  explicit MemoryParameters(NamedTensors&& tensors) {
    for (auto& [name, tensor] : tensors) set(name, std::move(tensor));
  }

  void set(const std::string& name, HostTensor tensor) {
    tensors_[name] = std::make_shared<const HostTensor>(std::move(tensor));
  }

  [[nodiscard]] bool contains(std::string_view name) const override {
    return tensors_.contains(std::string{name});
  }
  [[nodiscard]] ir::ParameterData read(std::string_view name) override {
    const auto found = tensors_.find(std::string{name});
    if (found == tensors_.end()) throw usage_error("no tensor is called '{}'", name);
    return {found->second->view(), found->second};
  }
  [[nodiscard]] std::string_view kind() const override { return "synthetic"; }

 private:
  // Shared, so that what was read outlives this object, as that of a checkpoint does.
  std::map<std::string, std::shared_ptr<const HostTensor>> tensors_;
};

// Uniform in [-scale, scale), the same on every machine.
inline HostTensor random_floats(std::vector<std::int64_t> shape, std::uint64_t seed, double scale = 1,
                                double middle = 0) {
  HostTensor tensor(DType::F32, std::move(shape));
  SplitMix64 random(seed);
  constexpr std::uint64_t kSteps = std::uint64_t{1} << 24U;
  for (float& element : tensor.f32()) {
    const double unit = static_cast<double>(random.uniform_below(kSteps)) / static_cast<double>(kSteps);
    element = static_cast<float>(middle + scale * (2 * unit - 1));
  }
  return tensor;
}

// A tensor for every parameter of a graph whose parameters have one part each. Matrices and biases lie around
// 0, scales of normalisations and their variances around 1, so that deep graphs neither vanish nor explode.
inline NamedTensors random_parameters(const ir::Graph& graph, std::uint64_t seed) {
  NamedTensors tensors;
  for (const ir::ValueId id : graph.parameters()) {
    const ir::Value& value = graph.value(id);
    const bool is_positive =
        value.shape.size() == 1 && (value.name.ends_with("weight") || value.name.ends_with("running_var"));
    tensors[value.parts.at(0)] =
        random_floats(ir::bind(value.shape, {}), seed + id, 0.5, is_positive ? 1 : 0);
  }
  return tensors;
}

}  // namespace medbench::testing
