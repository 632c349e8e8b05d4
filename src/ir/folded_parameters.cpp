#include "ir/folded_parameters.hpp"

#include <cmath>
#include <utility>

namespace medbench::ir {
namespace {

// The output channel of each run of elements of a weight that belongs to one pair of channels.
std::size_t channel_of(const FoldedConvolution& folded, std::size_t run) {
  const auto first = static_cast<std::size_t>(folded.weight.shape[0].factor);
  const auto second = static_cast<std::size_t>(folded.weight.shape[1].factor);
  if (folded.transposed_groups == 0) return run / second;  // [out, in/groups]
  const std::size_t group_in = first / static_cast<std::size_t>(folded.transposed_groups);
  return run / second / group_in * second + run % second;  // [in, out/groups]
}

}  // namespace

FoldedParameters::FoldedParameters(std::shared_ptr<ParameterSource> source,
                                   std::vector<FoldedConvolution> convolutions)
    : source_(std::move(source)), convolutions_(std::move(convolutions)) {
  for (std::size_t i = 0; i < convolutions_.size(); ++i) {
    by_name_.emplace(convolutions_[i].weight_name, i);
    by_name_.emplace(convolutions_[i].bias_name, i);
  }
}

bool FoldedParameters::contains(std::string_view name) const {
  return by_name_.contains(name) || source_->contains(name);
}

ParameterData FoldedParameters::read(std::string_view name) {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return source_->read(name);
  const FoldedConvolution& folded = convolutions_[found->second];
  auto tensor = std::make_shared<HostTensor>(name == folded.weight_name ? weight(folded) : bias(folded));
  TensorView view = tensor->view();
  return {std::move(view), std::move(tensor)};
}

std::vector<double> FoldedParameters::numbers(const Value& parameter) {
  const std::vector<float> floats = to_float(read_parameter(*source_, parameter, DType::F32).view);
  return {floats.begin(), floats.end()};
}

std::vector<double> FoldedParameters::factors(const FoldedConvolution& folded) {
  std::vector<double> result = numbers(folded.scale);
  const std::vector<double> variance = numbers(folded.variance);
  for (std::size_t i = 0; i < result.size(); ++i) result[i] /= std::sqrt(variance[i] + folded.epsilon);
  return result;
}

HostTensor FoldedParameters::weight(const FoldedConvolution& folded) {
  const std::vector<double> factor = factors(folded);
  const ParameterData data = read_parameter(*source_, folded.weight, DType::F32);
  HostTensor result(DType::F32, data.view.shape);
  to_float(data.view.dtype, data.view.data, result.f32());
  const Shape& shape = folded.weight.shape;
  const auto runs = static_cast<std::size_t>(shape[0].factor * shape[1].factor);
  const std::size_t run = result.f32().size() / runs;
  for (std::size_t i = 0; i < result.f32().size(); ++i) {
    float& element = result.f32()[i];
    element = static_cast<float>(double{element} * factor[channel_of(folded, i / run)]);
  }
  return result;
}

HostTensor FoldedParameters::bias(const FoldedConvolution& folded) {
  const std::vector<double> factor = factors(folded);
  const std::vector<double> shift = numbers(folded.shift);
  const std::vector<double> mean = numbers(folded.mean);
  const std::vector<double> bias =
      folded.bias ? numbers(*folded.bias) : std::vector<double>(factor.size(), 0);
  HostTensor result(DType::F32, {static_cast<std::int64_t>(factor.size())});
  for (std::size_t i = 0; i < factor.size(); ++i)
    result.f32()[i] = static_cast<float>((bias[i] - mean[i]) * factor[i] + shift[i]);
  return result;
}

}  // namespace medbench::ir
