// The weights of convolutions that have taken over the BatchNorm behind them, computed when they are read.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ir/graph.hpp"
#include "ir/parameters.hpp"

namespace medbench::ir {

// What the new parameters of one convolution are made of, all of them parameters of the source.
struct FoldedConvolution {
  std::string weight_name;  // of the part that the new parameter has
  std::string bias_name;
  Value weight;
  std::optional<Value> bias;
  Value scale, shift, mean, variance;
  double epsilon = 0;
  std::int64_t transposed_groups = 0;  // of a TransposedConvolution; 0: a Convolution
};

// A source with the folded tensors beside its own: weight * f and (bias - mean) * f + shift for every output
// channel, where f = scale / sqrt(variance + epsilon), computed in double and rounded to F32. Nothing is
// kept: each read reads its parts and computes anew.
class FoldedParameters final : public ParameterSource {
 public:
  FoldedParameters(std::shared_ptr<ParameterSource> source, std::vector<FoldedConvolution> convolutions);

  [[nodiscard]] bool contains(std::string_view name) const override;
  [[nodiscard]] ParameterData read(std::string_view name) override;
  [[nodiscard]] std::string_view kind() const override { return source_->kind(); }

 private:
  [[nodiscard]] std::vector<double> numbers(const Value& parameter);
  [[nodiscard]] std::vector<double> factors(const FoldedConvolution& folded);
  [[nodiscard]] HostTensor weight(const FoldedConvolution& folded);
  [[nodiscard]] HostTensor bias(const FoldedConvolution& folded);

  std::shared_ptr<ParameterSource> source_;
  std::vector<FoldedConvolution> convolutions_;
  std::map<std::string, std::size_t, std::less<>> by_name_;  // index of the convolution
};

}  // namespace medbench::ir
