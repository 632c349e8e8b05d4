#include "medbench/measure_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "medbench/runtime_options.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr Program kProgram{.command = "matrix",
                           .names = {.model = "--models", .sizes = kMatrixSizes},
                           .run = {.iterations = "--iters", .warmup = "--warmup", .output = "--output-root"},
                           .backend = "auto",
                           .output_root = "reports",
                           .dated_folder = true,
                           .wants_every_row = false};

MeasureOptions parse(const std::vector<std::string>& arguments) {
  return parse_measure_options(kProgram, arguments);
}

TEST(MeasureOptions, HaveTheDefaultsOfTheGuide) {
  const MeasureOptions options = parse({});
  EXPECT_THAT(options.backends, ElementsAre("auto"));
  EXPECT_THAT(options.precisions, ElementsAre("fp32"));
  EXPECT_EQ(options.run.output_dir, "reports");
  EXPECT_TRUE(options.interleaved);
  EXPECT_TRUE(options.options_of.empty());
}

TEST(MeasureOptions, TakeListsWithoutRepetition) {
  const MeasureOptions options = parse({"--models", "biobert", "clinicalbert", "--backend", "torch",
                                        "openvino", "torch", "--precision", "bf16", "fp32", "--batch-size",
                                        "4", "1", "4", "--seq-length", "256", "--device", "cpu", "cuda:0"});
  EXPECT_THAT(options.work.models, ElementsAre("biobert", "clinicalbert"));
  EXPECT_THAT(options.backends, ElementsAre("torch", "openvino"));
  EXPECT_THAT(options.precisions, ElementsAre("bf16", "fp32"));
  EXPECT_THAT(options.work.sizes.at(Axis::Batch), ElementsAre(4, 1));
  EXPECT_THAT(options.devices, ElementsAre("cpu", "cuda:0"));
}

TEST(MeasureOptions, TakeTheNamesOfTheOtherProgram) {
  const MeasureOptions options =
      parse({"--model", "biobert,clinicalbert", "--batch-sizes", "4,1,4", "--seq-lengths", "256",
             "--num-iterations", "7", "--warmup-iterations", "0", "--backend", "torch,openvino"});
  EXPECT_THAT(options.work.models, ElementsAre("biobert", "clinicalbert"));
  EXPECT_THAT(options.work.sizes.at(Axis::Batch), ElementsAre(4, 1));
  EXPECT_THAT(options.work.sizes.at(Axis::Seq), ElementsAre(256));
  EXPECT_THAT(options.backends, ElementsAre("torch", "openvino"));
  EXPECT_EQ(options.run.num_iterations, 7);
  EXPECT_EQ(options.run.warmup_iterations, 0);
}

TEST(MeasureOptions, NameTheFolderOfTheResultsOrThatOfTheDays) {
  EXPECT_TRUE(parse({}).dated_folder);
  EXPECT_TRUE(parse({"--output-root", "x"}).dated_folder);
  const MeasureOptions options = parse({"--output-dir", "x"});
  EXPECT_FALSE(options.dated_folder);
  EXPECT_EQ(options.run.output_dir, "x");
  EXPECT_THROW(parse({"--output-dir", "x", "--output-root", "y"}), Error);
  EXPECT_THROW(parse({"--output-dir", "x", "--resume", "y"}), Error);
}

TEST(MeasureOptions, TakeInt8ForAPrecision) {
  const MeasureOptions alone = parse({"--precision", "int8"});
  EXPECT_TRUE(alone.int8);
  EXPECT_TRUE(alone.precisions.empty());
  const MeasureOptions both = parse({"--precision", "fp32,int8", "--deployment", "x.json"});
  EXPECT_TRUE(both.int8);
  EXPECT_THAT(both.precisions, ElementsAre("fp32"));
}

TEST(MeasureOptions, TakeMethodsOfInt8) {
  using enum QuantizationMethod;
  const auto methods = [](const std::vector<std::string>& arguments) {
    return parse(arguments).int8_methods;
  };
  EXPECT_THAT(methods({"--int8"}), ElementsAre());
  EXPECT_TRUE(parse({"--int8"}).int8);
  EXPECT_FALSE(parse({}).int8);
  EXPECT_THAT(methods({"--int8", "static", "weight-only"}), ElementsAre(Static, WeightOnly));
  EXPECT_THAT(methods({"--int8=weight_only,dynamic"}), ElementsAre(WeightOnly, Dynamic));
  EXPECT_THAT(methods({"--int8", "all", "--backend", "torch"}), ElementsAre(Dynamic, Static, WeightOnly));
  const MeasureOptions before = parse({"--int8", "--backend", "torch", "--precision", "bf16"});
  EXPECT_TRUE(before.int8);
  EXPECT_THAT(before.backends, ElementsAre("torch"));
  const MeasureOptions alone = parse({"--precision", "int8", "--int8", "static"});
  EXPECT_TRUE(alone.precisions.empty());
  EXPECT_THAT(alone.int8_methods, ElementsAre(Static));
  const std::vector<std::string> earlier{"--int8", "static"};
  const std::vector<std::string> now{"--int8"};
  EXPECT_THAT(parse_measure_options(kProgram, earlier, {}).int8_methods, ElementsAre(Static));
  EXPECT_THAT(parse_measure_options(kProgram, earlier, now).int8_methods, ElementsAre());
}

TEST(MeasureOptions, ReachTheirRuntime) {
  const MeasureOptions options =
      parse({"--ort-library", "/x/../y.so", "--ort-ep", "CUDAExecutionProvider", "--ort-ep-option", "a=1",
             "--ort-ep-option", "b=", "--pjrt-plugin", "plugin.so", "--no-trt-cache", "--trt-bf16",
             "--trt-max-batch", "16", "--trt-cache-dir", "/c/../cache", "--trt-library", "/l.so"});
  EXPECT_THAT(
      options.options_of,
      UnorderedElementsAre(
          Pair("onnxruntime",
               UnorderedElementsAre(Pair("ort.library", "/y.so"), Pair("ort.ep", "CUDAExecutionProvider"),
                                    Pair("ort.ep_option.a", "1"), Pair("ort.ep_option.b", ""))),
          Pair("pjrt", ElementsAre(Pair("pjrt.plugin", "plugin.so"))),
          Pair("tpu", ElementsAre(Pair("pjrt.plugin", "plugin.so"))),
          Pair("tensorrt", UnorderedElementsAre(Pair("ort.library", "/y.so"), Pair("trt.library", "/l.so"),
                                                Pair("trt.cache", "0"), Pair("trt.cache_dir", "/cache"),
                                                Pair("trt.bf16", "1"), Pair("trt.max_batch", "16")))));
}

TEST(MeasureOptions, OfARuntimeThatIsNotMeasuredAreRefused) {
  const auto complaint = [](const std::vector<std::string>& arguments) -> std::string {
    try {
      parse(arguments);
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_THAT(
      complaint({"--backend", "torch", "--trt-fp8"}),
      ::testing::HasSubstr("--trt-fp8: it is an option of tensorrt, which is not among the backends"));
  EXPECT_EQ(complaint({"--backend", "tpu", "--pjrt-plugin", "p.so"}), "accepted");
  EXPECT_EQ(complaint({"--backend", "auto", "--ov-hint", "latency"}), "accepted");
  EXPECT_THAT(
      complaint({"--backend", "openvino", "--ov-hint", "latency", "--backend-option", "ov.hint=throughput"}),
      ::testing::HasSubstr("--ov-hint and --backend-option ov.hint: give one of them"));
}

TEST(MeasureOptions, NameTheCallOfOpenVino) {
  EXPECT_THAT(parse({"--backend", "openvino", "--ov-call", "start_async"}).options_of,
              ElementsAre(Pair("openvino", ElementsAre(Pair("ov.call", "start_async")))));
}

TEST(MeasureOptions, SwitchOwnKernelsForEveryBackendThatHasThem) {
  EXPECT_THAT(parse({"--own-kernels", "off"}).options_of,
              UnorderedElementsAre(Pair("torch", ElementsAre(Pair("torch.own_kernels", "off"))),
                                   Pair("onnxruntime", ElementsAre(Pair("ort.own_kernels", "off")))));
  EXPECT_NO_THROW(parse({"--backend", "onnxruntime", "--own-kernels", "on"}));
  EXPECT_THROW(parse({"--own-kernels", "no"}), Error);
  EXPECT_THROW(parse({"--backend", "openvino", "--own-kernels", "off"}), Error);
  EXPECT_THROW(parse({"--own-kernels", "off", "--backend-option", "ort.own_kernels=on"}), Error);
}

TEST(MeasureOptions, NameARuntimeOrConfigureIt) {
  const testing::ScopedEnvironment no_plugin("MEDBENCH_PJRT_PLUGIN", "");
  EXPECT_TRUE(names_runtime("onnxruntime", {{"ort.ep", "NoSuchProvider"}}));
  EXPECT_TRUE(names_runtime("pjrt", {{"pjrt.plugin", "plugin.so"}}));
  EXPECT_FALSE(names_runtime("tpu", {{"pjrt.plugin", "plugin.so"}}));
  EXPECT_TRUE(names_runtime("tensorrt", {{"ort.ep_library", "plugin.so"}}));
  EXPECT_FALSE(names_runtime("pjrt", {}));
  EXPECT_FALSE(names_runtime("openvino", {{"ov.hint", "latency"}, {"ort.ep", "of another backend"}}));
  const testing::ScopedEnvironment plugin("MEDBENCH_PJRT_PLUGIN", "plugin.so");
  EXPECT_TRUE(names_runtime("pjrt", {}));
}

TEST(MeasureOptions, NameTheChoicesOfTorchOnCuda) {
  EXPECT_THAT(parse({"--allow-tf32", "--cuda-graphs", "off"}).run.backend_options,
              UnorderedElementsAre(Pair("torch.allow_tf32", "true"), Pair("torch.cuda_graphs", "off"),
                                   Pair("ort.cuda_graphs", "off"), Pair("trt.cuda_graphs", "off")));
  EXPECT_TRUE(parse({}).run.backend_options.empty());
  EXPECT_THROW(parse({"--allow-tf32", "--backend-option", "torch.allow_tf32=false"}), Error);
}

TEST(MeasureOptions, ForImagesAreSettingsAndSizes) {
  const MeasureOptions options =
      parse({"--models", "unet3d", "--conv-type", "3d", "--in-ch", "4", "--num-classes", "3", "--depth", "32",
             "--height", "64,96", "--width", "64", "--depthwise", "--groups", "2"});
  EXPECT_EQ(options.work.settings, Json::parse(R"({"dims": 3, "in_channels": 4, "num_classes": 3, "groups": 2,
                                                   "depthwise": true})"));
  EXPECT_THAT(options.work.sizes.at(Axis::Height), ElementsAre(64, 96));
  EXPECT_TRUE(parse({}).work.settings.empty());
  EXPECT_TRUE(parse({}).work.sizes.at(Axis::Width).empty());
  for (const std::string& number :
       std::vector<std::string>{"0", "-1", "65537", "99999999999999999999", "x"}) {
    for (const std::string option : {"--height", "--in-ch", "--groups", "--depth"})
      EXPECT_THROW(parse({option, number}), Error) << option << number;
  }
  EXPECT_THROW(parse({"--conv-type", "4d"}), Error);
}

TEST(MeasureOptions, SwitchTheFormsThatTorchHasForImages) {
  EXPECT_THAT(
      parse({"--channels-last", "--cudnn-benchmark", "--compile", "--no-amp"}).options_of,
      ElementsAre(Pair(
          "torch", UnorderedElementsAre(Pair("torch.channels_last", "on"), Pair("torch.amp", "off"),
                                        Pair("torch.cudnn_benchmark", "on"), Pair("torch.compile", "on")))));
  EXPECT_THROW(parse({"--backend", "openvino", "--channels-last"}), Error);
}

TEST(MeasureOptions, NameAPolicyOrAFileOfWeights) {
  EXPECT_EQ(parse({"--weights", "require"}).work.weights.policy, WeightsPolicy::Require);
  for (const std::string file : {"/w.safetensors", "/w.bin", "/w.pt", "/w.pth"})
    EXPECT_EQ(parse({"--weights", "/x/.." + file}).work.weights.file, file);
  EXPECT_THROW(parse({"--weights", "w.onnx"}), Error);
}

TEST(MeasureOptions, TakeTheExamplesOfTheGuide) {
  EXPECT_NO_THROW(parse({"--models",
                         "biobert",
                         "--backend",
                         "tensorrt",
                         "--batch-size",
                         "8",
                         "--seq-length",
                         "256",
                         "--trt-bf16",
                         "--trt-min-batch",
                         "1",
                         "--trt-opt-batch",
                         "8",
                         "--trt-max-batch",
                         "16",
                         "--trt-min-seq",
                         "64",
                         "--trt-opt-seq",
                         "256",
                         "--trt-max-seq",
                         "512"}));
  EXPECT_NO_THROW(parse({"--models", "clinicalbert", "--backend", "tensorrt", "--batch-size", "4",
                         "--seq-length", "128", "--no-trt-cache", "--trt-fp8"}));
}

}  // namespace
}  // namespace medbench
