// Cards that are asked for and are not there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/matrix_program.hpp"

namespace medbench {
namespace {

using testing::exited;
using ::testing::HasSubstr;

class Devices : public testing::MatrixTest {
 protected:
  [[nodiscard]] testing::ProgramOutput medical_on(const std::string& device) const {
    auto settings = options({testing::binary("medbench"), "medical", "--backend", "openvino", "--device",
                             device, "--model", model(), "--seq-lengths", "8", "--num-iterations", "1",
                             "--output-dir", output().string()});
    settings.environment.emplace_back("CUDA_VISIBLE_DEVICES", "7");
    return testing::run_program(settings);
  }
};

TEST_F(Devices, OfAnotherKindGiveARowAndAreNoFailure) {
  const auto output = matrix({"--device", "cuda", "--json"});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  for (const auto& result : results_of(output)) EXPECT_EQ(result.status, Status::Unsupported);
}

TEST_F(Devices, ThatAVariableMayHideAreToldWithItsValue) {
  const auto fallback = medical_on("cuda");
  EXPECT_EQ(fallback.status, exited(0)) << fallback.err;
  EXPECT_THAT(fallback.err, HasSubstr(", with CUDA_VISIBLE_DEVICES=7); running on the CPU"));
}

TEST_F(Devices, OfAnotherNumberAreRefusedWithTheVariable) {
  const auto worker = (testing::libexec_folder() / "worker-fake").string();
  const auto script =
      folder().write("libexec/worker-openvino", "#!/bin/sh\n'" + worker +
                                                    "' describe | sed 's/\"fake\"/\"openvino\"/; "
                                                    "s/\"cpu\"/\"cuda:0\"/'\n");
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  const auto refused = medical_on("cuda:1");
  EXPECT_EQ(refused.status, exited(2));
  EXPECT_THAT(refused.err, HasSubstr("--device cuda:1: there is only cuda:0, with CUDA_VISIBLE_DEVICES=7"));
}

}  // namespace
}  // namespace medbench
