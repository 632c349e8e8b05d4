#include "backend/tensorrt/layers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace medbench::trt {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// As TensorRT's inspector writes an engine that was built with details.
Json layer(const char* type, const char* name, std::initializer_list<const char*> formats) {
  Json inputs = Json::array();
  for (const char* format : formats) inputs.push_back({{"Name", "x"}, {"Format/Datatype", format}});
  return {{"Name", name}, {"LayerType", type}, {"Inputs", inputs}, {"Outputs", Json::array()}};
}

TEST(Layers, TellWhatTheProductsComputeIn) {
  const Json half = {
      {"Layers",
       {layer("Reformat", "copy", {"Row major linear FP32"}),
        layer("gemm", "layer 1", {"Half", "Half", "Float"}), layer("kgen", "norm", {"Float"})}}};
  EXPECT_EQ(summarize_layers(half).precision, "fp16");
  EXPECT_THAT(summarize_layers(half).kinds,
              ElementsAre(Pair("Reformat", 1), Pair("gemm", 1), Pair("kgen", 1)));
  const Json mixed = {{"Layers",
                       {layer("CaskGemmMatrixMultiply", "layer 1", {"Int8", "Int8"}),
                        layer("CaskConvolution", "layer 2", {"Row major linear FP32"}),
                        layer("fusion", "_gemm_mha_v2", {"Half"})}}};
  EXPECT_EQ(summarize_layers(mixed).precision, "fp32+int8");
  EXPECT_EQ(summarize_layers(mixed).attention, 1);
}

TEST(Layers, SpeakOfAllThatComputesWhereNoProductIsSeen) {
  const Json layers = {
      {"Layers", {layer("myelin", "everything", {"BFloat16"}), layer("Cast", "c", {"Float"})}}};
  EXPECT_EQ(summarize_layers(layers).precision, "bf16");
}

TEST(Layers, OfAnEngineWithoutDetailsTellNothing) {
  EXPECT_EQ(summarize_layers({{"Layers", {"layer 1", "layer 2"}}}).precision, "");
  EXPECT_THAT(summarize_layers({{"Layers", {"layer 1", "layer 2"}}}).kinds, ElementsAre(Pair("unknown", 2)));
  for (const Json& odd : {Json(nullptr), Json::array(), Json{{"Layers", 3}}, Json("text")})
    EXPECT_THAT(summarize_layers(odd).kinds, IsEmpty());
}

}  // namespace
}  // namespace medbench::trt
