#include "backend/torch/options.hpp"

#include <gtest/gtest.h>

#include "tests/support/errors.hpp"

namespace medbench::torch_backend {
namespace {

TEST(TorchOptions, HaveDefaults) {
  const Options options = read_options({});
  EXPECT_EQ(options.graphs, std::nullopt);
  EXPECT_FALSE(options.allow_tf32);
  EXPECT_TRUE(options.own_kernels);
  EXPECT_FALSE(options.channels_last || options.cudnn_benchmark || options.compile || options.amp);
}

TEST(TorchOptions, AreRead) {
  EXPECT_FALSE(read_options({{"torch.own_kernels", "off"}}).own_kernels);
  EXPECT_TRUE(read_options({{"torch.own_kernels", "on"}}).own_kernels);
  EXPECT_EQ(read_options({{"torch.cuda_graphs", "on"}}).graphs, GraphMode::On);
  EXPECT_EQ(read_options({{"torch.cuda_graphs", "off"}}).graphs, GraphMode::Off);
  EXPECT_TRUE(read_options({{"torch.allow_tf32", "true"}}).allow_tf32);
  EXPECT_TRUE(read_options({{"torch.channels_last", "on"}}).channels_last);
  EXPECT_TRUE(read_options({{"torch.cudnn_benchmark", "on"}}).cudnn_benchmark);
  EXPECT_TRUE(read_options({{"torch.compile", "on"}}).compile);
  EXPECT_TRUE(read_options({{"torch.compiler", "inductor"}}).inductor);
  EXPECT_TRUE(read_options({{"torch.compiler", "inductor"}, {"torch.compile", "off"}}).compile);
  EXPECT_FALSE(read_options({{"torch.compiler", "libtorch"}}).compile);
  EXPECT_TRUE(read_options({{"torch.amp", "on"}}).amp);
  EXPECT_FALSE(read_options({{"torch.amp", "off"}}).amp);
  // Those of other backends are none of ours.
  EXPECT_FALSE(read_options({{"ort.library", "x"}}).allow_tf32);
}

TEST(TorchOptions, RefuseWhatTheyDoNotKnow) {
  for (const auto& [key, value] : std::map<std::string, std::string>{{"torch.cuda_graphs", "yes"},
                                                                     {"torch.allow_tf32", "1"},
                                                                     {"torch.own_kernels", "no"},
                                                                     {"torch.compile", "inductor"},
                                                                     {"torch.compiler", "dynamo"},
                                                                     {"torch.graphs", "on"}}) {
    try {
      read_options({{key, value}});
      ADD_FAILURE() << key;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::Usage);
      EXPECT_NE(std::string(error.what()).find(key), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace medbench::torch_backend
