// What every ONNX model must obey, for tests.
#pragma once

#include <gtest/gtest.h>
#include <onnx.pb.h>
#include <set>
#include <string>

#include "lower/onnx/onnx.hpp"

namespace medbench::lower {

inline onnx::ModelProto parse(const OnnxModel& model) {
  onnx::ModelProto proto;
  EXPECT_TRUE(proto.ParseFromString(model.proto));
  return proto;
}

// Names are unique and defined before they are read, and external tensors are those that the list names, in
// order, without overlap, inside the weights file.
inline void expect_well_formed(const OnnxModel& model) {
  const onnx::ModelProto proto = parse(model);
  const auto& graph = proto.graph();
  std::set<std::string> known{""};
  const auto define = [&](const std::string& name) {
    EXPECT_TRUE(known.insert(name).second) << "'" << name << "' is defined twice";
  };
  for (const auto& input : graph.input()) define(input.name());
  std::size_t next = 0;
  std::uint64_t end = 0;
  for (const auto& tensor : graph.initializer()) {
    define(tensor.name());
    if (tensor.data_location() != onnx::TensorProto::EXTERNAL) continue;
    ASSERT_LT(next, model.initializers.size());
    const OnnxInitializer& listed = model.initializers[next++];
    EXPECT_EQ(tensor.name(), listed.name);
    EXPECT_EQ(std::vector<std::int64_t>(tensor.dims().begin(), tensor.dims().end()), listed.shape);
    EXPECT_EQ(tensor.external_data(0).value(), kWeightsFile);
    EXPECT_EQ(tensor.external_data(1).value(), std::to_string(listed.offset));
    EXPECT_EQ(tensor.external_data(2).value(), std::to_string(listed.data.view.data.size()));
    EXPECT_EQ(listed.data.view.data.size(),
              static_cast<std::size_t>(element_count(listed.shape)) * size_of(listed.dtype));
    EXPECT_GE(listed.offset, end);
    EXPECT_EQ(listed.offset % 64, 0U);
    end = listed.offset + listed.data.view.data.size();
  }
  EXPECT_EQ(next, model.initializers.size());
  EXPECT_EQ(end, model.weights_bytes);
  for (const auto& node : graph.node()) {
    for (const auto& input : node.input()) {
      EXPECT_TRUE(known.contains(input)) << node.name() << " reads '" << input << "' before it is made";
    }
    for (const auto& output : node.output()) define(output);
  }
  std::vector<std::string> inputs;
  for (const auto& input : graph.input()) inputs.push_back(input.name());
  EXPECT_EQ(inputs, model.inputs);
  std::vector<std::string> outputs;
  for (const auto& output : graph.output()) {
    EXPECT_TRUE(known.contains(output.name())) << "output '" << output.name() << "' is not made";
    outputs.push_back(output.name());
  }
  EXPECT_EQ(outputs, model.outputs);
}

}  // namespace medbench::lower
