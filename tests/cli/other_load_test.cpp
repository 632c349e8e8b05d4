// Other processes beside a measurement: a warning where they can be shown to matter.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>

#include "job/result.hpp"
#include "machine/cpu_limits.hpp"
#include "machine/proc_file.hpp"
#include "tests/cli/medbench_program.hpp"
#include "tests/support/mount_namespace.hpp"

namespace medbench {
namespace {

using testing::exited;
using ::testing::HasSubstr;

class OtherLoad : public testing::MedbenchTest {
 protected:
  // One on each processor that we may use, until this ends.
  OtherLoad() {
    const ProcessOptions busy{.argv = {"/bin/sh", "-c", "while :; do :; done"}, .environment = {}};
    for (std::size_t i = 0; i < allowed_cpus().size(); ++i)
      others_.push_back(std::make_unique<Subprocess>(busy));
  }
  [[nodiscard]] Words measurement() const {
    return fake_medical({"--num-iterations", "20", "--warmup-iterations", "1", "--threads", "1"},
                        "\"work_rounds\": 100");
  }
  // The texts of its warnings.
  [[nodiscard]] std::vector<std::string> other_load() const {
    std::vector<std::string> texts;
    for (const Warning& warning : result_from_json(read_json_file(files().at(0))).warnings)
      if (warning.kind == "other_load") texts.push_back(warning.text);
    return texts;
  }

 private:
  std::vector<std::unique_ptr<Subprocess>> others_;
};

TEST_F(OtherLoad, ThatTakesProcessorsIsWarnedOf) {
  const auto output = testing::run_program(options(measurement()));
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(other_load(), ::testing::ElementsAre(HasSubstr("other processes used ")));
}

// The same, where the kernel does not count a moment for them.
TEST_F(OtherLoad, ThatTakesNoTimeIsNone) {
  const std::map<std::string, std::filesystem::path> still{
      {"/proc/stat", folder().write("stat", read_proc_file("/proc/stat"))}};
  if (!testing::can_mount(still)) GTEST_SKIP() << "nothing can be mounted here";
  const auto output = testing::run_program(options(testing::with_mounts(still, measurement())));
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(other_load(), ::testing::IsEmpty());
}

}  // namespace
}  // namespace medbench
