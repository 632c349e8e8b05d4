#include "accuracy/output_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/safetensors.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using ::testing::HasSubstr;

class OutputFiles : public ::testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path write(const std::string& name, std::vector<float> values,
                                            std::int64_t first_id = 100,
                                            const std::string& output = "output") const {
    const std::vector<std::int64_t> ids{first_id, 101};
    const std::vector<std::int64_t> mask{1, 0};
    NamedTensors tensors;
    tensors.emplace("input_ids", HostTensor::from_i64({1, 2}, ids));
    tensors.emplace("attention_mask", HostTensor::from_i64({1, 2}, mask));
    tensors.emplace(output, HostTensor::from_f32({1, 2, 2}, values));
    return write_safetensors(folder_.path() / name, tensors);
  }
  [[nodiscard]] const testing::TemporaryFolder& folder() const { return folder_; }

 private:
  testing::TemporaryFolder folder_;
};

TEST_F(OutputFiles, AreComparedWithoutPadding) {
  const auto reference = write("a", {1, 2, 3, 4});
  const auto check = compare_output_files(reference, write("b", {1, 2.5F, 99, 99}));
  ASSERT_TRUE(check.parity) << check.reason;
  EXPECT_EQ(check.parity->max_abs, 0.5);
}

TEST_F(OutputFiles, OfOtherInputsAreRefused) {
  const auto check = compare_output_files(write("a", {1, 2, 3, 4}), write("b", {1, 2, 3, 4}, 200));
  EXPECT_FALSE(check.parity);
  EXPECT_EQ(check.reason, "input_ids differs from that of the reference");
}

TEST_F(OutputFiles, ThatAreMissingOrBrokenAreAReason) {
  const auto good = write("a", {1, 2, 3, 4});
  EXPECT_THAT(compare_output_files(good, folder().path() / "none").reason, HasSubstr("none"));
  EXPECT_THAT(compare_output_files(good, folder().write("broken", "not tensors")).reason,
              HasSubstr("broken"));
  const auto other = write("c", {1, 2, 3, 4}, 100, "pooled");
  EXPECT_EQ(compare_output_files(good, other).reason, "the row has no tensor named output");
  EXPECT_EQ(compare_output_files(other, good).reason, "the reference has no tensor named output");
}

}  // namespace
}  // namespace medbench
