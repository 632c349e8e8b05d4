#include "backend/onnxruntime/profile.hpp"

#include <gtest/gtest.h>

#include "tests/support/errors.hpp"

namespace medbench::ort {
namespace {

constexpr const char* kProfile = R"([
{"cat" : "Session","pid" :1,"tid" :1,"dur" :3,"ts" :6,"ph" : "X","name" :"model_loading_array","args" : {}},
{"cat" : "Node","dur" :1,"ts" :9,"ph" : "X","name" :"first_kernel_time","args" : {"op_name" : "FusedGemm",
 "provider" : "CPUExecutionProvider","input_type_shape" : [{"float":[2,8]},{"float":[16]}]}},
{"cat" : "Node","dur" :1,"ts" :9,"ph" : "X","name" :"first_fence_before","args" : {"op_name" : "FusedGemm"}},
{"cat" : "Node","dur" :1,"ts" :9,"ph" : "X","name" :"second_kernel_time","args" : {"op_name" : "Cast",
 "provider" : "CUDAExecutionProvider","input_type_shape" : [{"float16":[2,8]}]}}
])";

RanNode node(const std::string& op, std::vector<std::string> types) {
  return {.name = "n", .op = op, .provider = "CPUExecutionProvider", .input_types = std::move(types)};
}

TEST(OrtProfile, ListsKernelsInTheOrderOfTheCalls) {
  const auto nodes = parse_profile(kProfile);
  ASSERT_EQ(nodes.size(), 2U);
  EXPECT_EQ(nodes[0].name, "first");
  EXPECT_EQ(nodes[0].op, "FusedGemm");
  EXPECT_EQ(nodes[0].provider, "CPUExecutionProvider");
  EXPECT_EQ(nodes[0].input_types, (std::vector<std::string>{"float", "float"}));
  EXPECT_EQ(nodes[1].provider, "CUDAExecutionProvider");
  const auto placement = placement_of(nodes);
  EXPECT_EQ(placement.at("CPUExecutionProvider").at("FusedGemm"), 1);
  EXPECT_EQ(placement.at("CUDAExecutionProvider").at("Cast"), 1);
}

TEST(OrtProfile, NamesWhatWasLeftOnTheCpu) {
  const auto nodes = parse_profile(kProfile);
  EXPECT_EQ(left_on_cpu(nodes, "CUDAExecutionProvider"), "1 x FusedGemm");
  EXPECT_EQ(left_on_cpu(nodes, "CPUExecutionProvider"), "");
  EXPECT_EQ(left_on_cpu({nodes[1]}, "CUDAExecutionProvider"), "");
  EXPECT_EQ(left_on_cpu({node("Sub", {"int64", "int64"}), node("Add", {"float", "float"}),
                         node("Gather", {"int64", "int64"})},
                        "CUDAExecutionProvider"),
            "1 x Add, 1 x Gather")
      << "sizes are computed on the CPU by intent";
}

TEST(OrtProfile, RefusesWhatIsNoProfile) {
  for (const char* text :
       {"", "[", "[{\"cat\":\"Node\",\"name\":\"a_kernel_time\",\"args\":{\"op_name\":7}}]"}) {
    testing::expect_error(ErrorKind::Runtime, "profile", [&] { (void)parse_profile(text); });
  }
  EXPECT_TRUE(parse_profile("[]").empty());
}

TEST(OrtPrecision, IsThatOfTheMatrixProducts) {
  EXPECT_EQ(precision_of({node("MatMul", {"float", "float"}), node("Cast", {"float16"})}), "fp32");
  EXPECT_EQ(precision_of({node("FusedGemm", {"float16"}), node("LayerNormalization", {"float"})}), "fp16");
  EXPECT_EQ(precision_of({node("MatMul", {"bfloat16"}), node("MatMul", {"float"})}), "fp32+bf16");
  EXPECT_EQ(precision_of({node("DynamicQuantizeMatMul", {"float"}), node("MatMul", {"float"})}), "int8");
  EXPECT_EQ(precision_of({node("MatMulIntegerToFloat", {"uint8"}), node("FusedGemm", {"float"})}),
            "fp32+int8");
  EXPECT_EQ(precision_of({node("MatMulNBits", {"float"})}), "int8-weights");
  EXPECT_EQ(precision_of({node("Gelu", {"float"}), node("Gather", {"bfloat16"})}), "fp32");
  EXPECT_EQ(precision_of({node("Gather", {"float", "int64"})}), "");
  EXPECT_EQ(precision_of({node("ConvTranspose", {"float16"}), node("InstanceNormalization", {"float"})}),
            "fp16");
  EXPECT_EQ(precision_of({node("Pad", {"bfloat16"}), node("ReorderOutput", {"float"})}), "");
}

}  // namespace
}  // namespace medbench::ort
