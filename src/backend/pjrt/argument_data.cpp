#include "backend/pjrt/argument_data.hpp"

#include <cstdint>
#include <cstring>
#include <memory>
#include <numeric>
#include <utility>

#include "base/error.hpp"

namespace medbench::pjrt {
namespace {

template <class Number>
ir::ParameterData copy_of(const std::vector<Number>& numbers, const lower::Argument& argument) {
  auto tensor = std::make_shared<HostTensor>(argument.dtype, argument.shape);
  std::memcpy(tensor->bytes().data(), numbers.data(), tensor->bytes().size());
  TensorView view = tensor->view();
  return {std::move(view), std::move(tensor)};
}

}  // namespace

ir::ParameterData ArgumentReader::read(const lower::Argument& argument) {
  switch (argument.content) {
    case lower::Content::Input:
      break;
    case lower::Content::Parameter:
      return ir::read_parameter(weights_, graph_.value(argument.value), argument.dtype);
    case lower::Content::WeightInts:
      return copy_of(round(argument).weight.integers, argument);
    case lower::Content::WeightScales:
      return copy_of(round(argument).weight.scales, argument);
    case lower::Content::WeightSums:
      return copy_of(round(argument).sums, argument);
    case lower::Content::WeightEqualisers:
      return copy_of(round(argument).weight.equalisers, argument);
  }
  throw internal_error("argument '{}' holds an input, which no parameter gives",
                       graph_.value(argument.value).name);
}

const ArgumentReader::Rounded& ArgumentReader::round(const lower::Argument& argument) {
  if (rounded_ && rounded_->value == argument.value && rounded_->op == argument.rounding) return *rounded_;
  const ir::ParameterData data = ir::read_parameter(weights_, graph_.value(argument.value), DType::F32);
  Rounded& rounded = rounded_.emplace(
      Rounded{argument.value, argument.rounding, ir::quantize_weight_of(argument.rounding, data.view), {}});
  const ir::QuantizedWeight& weight = rounded.weight;
  // Groups divide a row: the lowering sees to it.
  const std::int64_t run = weight.group == 0 ? weight.in : weight.group;
  for (auto first = weight.integers.begin(); first != weight.integers.end(); first += run)
    rounded.sums.push_back(std::accumulate(first, first + run, std::int32_t{0}));
  return rounded;
}

}  // namespace medbench::pjrt
