// What tests of the interpreter share.
#pragma once

#include <gtest/gtest.h>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "ir/builder.hpp"
#include "ir/interpreter.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/parameters.hpp"

namespace medbench::ir {

inline HostTensor floats(std::vector<std::int64_t> shape, const std::vector<float>& values) {
  return HostTensor::from_f32(std::move(shape), values);
}
inline HostTensor ints(std::vector<std::int64_t> shape, const std::vector<std::int64_t>& values) {
  return HostTensor::from_i64(std::move(shape), values);
}

// A graph with one result, "y", and what it needs to run.
class Interpretation : public ::testing::Test {
 protected:
  ValueId input(const std::string& name, HostTensor tensor) {
    const Shape shape(tensor.shape().begin(), tensor.shape().end());
    const ValueId id = builder.input(name, tensor.dtype(), shape);
    given[name] = std::move(tensor);
    return id;
  }
  ValueId parameter(const std::string& name, HostTensor tensor, DType dtype = DType::F32) {
    const Shape shape(tensor.shape().begin(), tensor.shape().end());
    tensors.set(name, std::move(tensor));
    return builder.parameter(name, shape, dtype);
  }
  NamedTensors run(ValueId result) {
    builder.output("y", result);
    return interpret(builder.build(), tensors, {}, given);
  }
  void expect(ValueId result, std::vector<std::int64_t> shape, const std::vector<float>& values,
              testing::Bound bound = {}) {
    EXPECT_TRUE(testing::close(run(result).at("y"), floats(std::move(shape), values), bound));
  }

  GraphBuilder builder{"g"};
  testing::MemoryParameters tensors;
  NamedTensors given;
};

// 1, 2, 3 ...
inline HostTensor counting(std::vector<std::int64_t> shape) {
  HostTensor tensor(DType::F32, std::move(shape));
  std::iota(tensor.f32().begin(), tensor.f32().end(), 1.0F);
  return tensor;
}

// The same of networks on images, whose inputs and parameters need no names.
class Images : public ::testing::Test {
 protected:
  ValueId input(HostTensor tensor) {
    const std::string name = "x" + std::to_string(given.size());
    Shape shape(tensor.shape().begin(), tensor.shape().end());
    shape.front() = kBatch;
    batch = tensor.shape().front();
    given[name] = std::move(tensor);
    return builder.input(name, DType::F32, shape);
  }
  ValueId parameter(HostTensor tensor) {
    const std::string name = "p" + std::to_string(parameters++);
    const Shape shape(tensor.shape().begin(), tensor.shape().end());
    tensors.set(name, std::move(tensor));
    return builder.parameter(name, shape);
  }
  HostTensor run(ValueId result) {
    builder.output("y", result);
    return std::move(interpret(builder.build(), tensors, {{Axis::Batch, batch}}, given).at("y"));
  }
  void expect(ValueId result, std::vector<std::int64_t> shape, const std::vector<float>& values,
              testing::Bound bound = {}) {
    EXPECT_TRUE(testing::close(run(result), floats(std::move(shape), values), bound));
  }

  GraphBuilder builder{"g"};
  testing::MemoryParameters tensors;
  NamedTensors given;
  std::int64_t batch = 1;
  int parameters = 0;
};

}  // namespace medbench::ir
