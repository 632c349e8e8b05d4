#include "job/deployment.hpp"

#include <gmock/gmock.h>

#include "tests/support/errors.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::expect_error;
using ::testing::HasSubstr;

class DeploymentFile : public ::testing::Test {
 protected:
  Deployment read(std::string_view text) { return read_deployment(folder.write("edge.json", text)); }

  testing::TemporaryFolder folder;
};

TEST_F(DeploymentFile, IsReadWhole) {
  const Deployment deployment =
      read(R"({"quantization_method": "static", "quantization_bits": 4, "threads": 2,
    "memory_efficient": true, "reduced_range": "off", "calibration_batches": 5,
    "calibration_file": "texts/a.csv", "calibration_column": "note"})");
  EXPECT_EQ(deployment.quantization.method, QuantizationMethod::Static);
  EXPECT_EQ(deployment.quantization.bits, 4);
  EXPECT_EQ(deployment.threads, 2);
  EXPECT_TRUE(deployment.quantization.memory_efficient);
  EXPECT_EQ(deployment.quantization.reduced_range, ReducedRange::Off);
  EXPECT_EQ(deployment.quantization.calibration_batches, 5);
  EXPECT_EQ(deployment.quantization.calibration_file, (folder.path() / "texts/a.csv").string());
  EXPECT_EQ(deployment.quantization.calibration_column, "note");
  EXPECT_THAT(deployment.warnings, ElementsAre());
}

TEST_F(DeploymentFile, HasGroups) {
  EXPECT_EQ(read(R"({"group_size": 64})").quantization.group_size, 64);
  EXPECT_EQ(read(R"({"group_size": 0, "quantization_method": "static"})").quantization.group_size, 0);
}

TEST_F(DeploymentFile, HasDefaults) {
  const Deployment deployment = read("{}");
  EXPECT_EQ(to_json(deployment.quantization), to_json(Quantization{}));
  EXPECT_EQ(deployment.threads, std::nullopt);
  EXPECT_THAT(deployment.warnings, ElementsAre());
  EXPECT_EQ(read(R"({"threads": null, "quantization_method": null})").threads, std::nullopt);
}

TEST_F(DeploymentFile, AbsolutePathsStay) {
  const Deployment deployment = read(R"({"quantization_method": "static", "calibration_file": "/t/a.txt"})");
  EXPECT_EQ(deployment.quantization.calibration_file, "/t/a.txt");
  const testing::ScopedEnvironment home("HOME", "/home/u");
  EXPECT_EQ(read(R"({"quantization_method": "static", "calibration_file": "~/a.txt"})")
                .quantization.calibration_file,
            "/home/u/a.txt");
}

TEST_F(DeploymentFile, NamesKeysWithoutEffect) {
  const Deployment deployment =
      read(R"({"threads": 1, "use\nful": {"threads": 3}, "Threads": 2, "calibration_batches": 2})");
  EXPECT_THAT(deployment.warnings,
              ElementsAre(AllOf(HasSubstr("edge.json: key \"use\\nful\" is not known"), Not(HasSubstr("\n"))),
                          HasSubstr("key \"Threads\" is not known")));
  EXPECT_THAT(deployment.method_warnings,
              ElementsAre(HasSubstr(
                  "key \"calibration_batches\" has no effect with quantization_method \"dynamic\"")));
  EXPECT_EQ(deployment.threads, 1);
}

TEST_F(DeploymentFile, TakesAnotherMethod) {
  const Deployment file = read(R"({"group_size": 64, "calibration_batches": 2, "quantization_bits": 4})");
  EXPECT_FALSE(file.names_method);
  EXPECT_TRUE(read(R"({"quantization_method": "dynamic"})").names_method);
  const Deployment calibrated = with_method(file, QuantizationMethod::Static);
  EXPECT_EQ(calibrated.quantization.method, QuantizationMethod::Static);
  EXPECT_EQ(calibrated.quantization.group_size, kAutoGroup);
  EXPECT_EQ(calibrated.quantization.bits, 4);
  EXPECT_THAT(calibrated.method_warnings, ElementsAre(HasSubstr("\"group_size\": 64 is left out")));
  const Deployment weights = with_method(file, QuantizationMethod::WeightOnly);
  EXPECT_EQ(weights.quantization.group_size, 64);
  EXPECT_THAT(weights.method_warnings, ElementsAre()) << "another row may read what this one does not";
  EXPECT_EQ(with_method(file, QuantizationMethod::Dynamic).method_warnings, file.method_warnings);
}

struct Broken {
  const char* text;
  const char* message;
};

class BrokenDeployment : public ::testing::TestWithParam<Broken> {};

TEST_P(BrokenDeployment, IsOneLineWithFileAndKey) {
  const testing::TemporaryFolder folder;
  const auto path = folder.write("edge.json", GetParam().text);
  expect_error(ErrorKind::Usage, path.string() + ": " + GetParam().message, [&] { read_deployment(path); });
}

INSTANTIATE_TEST_SUITE_P(
    Deployment, BrokenDeployment,
    ::testing::Values(
        Broken{R"({"group_size": 48})", "\"group_size\" is 48, not one of: 0, 32, 64, 128, 256"},
        Broken{
            R"({"group_size": 32, "quantization_method": "static"})",
            "\"group_size\" is 32, but \"static\" has no groups: take 0, or another \"quantization_method\""},
        Broken{"", "not valid JSON"}, Broken{"{\"threads\": 2", "not valid JSON"},
        Broken{"{\"threads\": 2, \"threads\": 3}", "key \"threads\" appears twice"},
        Broken{"[]", "expected an object"}, Broken{"null", "expected an object"},
        Broken{"\"dynamic\"", "expected an object"},
        Broken{R"({"quantization_method": "fast"})",
               "\"quantization_method\" is \"fast\", not one of: dynamic, weight_only, static"},
        Broken{R"({"quantization_method": 8})", "\"quantization_method\" must be a string"},
        Broken{R"({"quantization_bits": 16})", "\"quantization_bits\" is 16, not 8 or 4"},
        Broken{R"({"quantization_bits": "8"})", "\"quantization_bits\" must be an integer"},
        Broken{R"({"quantization_bits": 8.0})", "\"quantization_bits\" must be an integer"},
        Broken{R"({"threads": -1})", "\"threads\" is -1, not in 0 to 4096"},
        Broken{R"({"threads": 4097})", "\"threads\" is 4097"},
        Broken{R"({"threads": 18446744073709551615})", "\"threads\" must be an integer"},
        Broken{R"({"threads": true})", "\"threads\" must be an integer"},
        Broken{R"({"memory_efficient": "yes"})", "\"memory_efficient\" must be true or false"},
        Broken{R"({"reduced_range": true})", "\"reduced_range\" must be a string"},
        Broken{R"({"reduced_range": "maybe"})", "\"reduced_range\" is \"maybe\", not one of: auto, on, off"},
        Broken{R"({"calibration_batches": 0})", "\"calibration_batches\" is 0, not in 1 to 1024"},
        Broken{R"({"calibration_file": 1})", "\"calibration_file\" must be a string"}));

TEST(DeploymentPath, MustBeAFile) {
  const testing::TemporaryFolder folder;
  expect_error(ErrorKind::Usage, (folder.path() / "none.json").string(),
               [&] { read_deployment(folder.path() / "none.json"); });
  expect_error(ErrorKind::Usage, folder.path().string(), [&] { read_deployment(folder.path()); });
  const auto large = folder.write("large.json", std::string(std::size_t{2} << 20, ' '));
  expect_error(ErrorKind::Usage, "large.json", [&] { read_deployment(large); });
}

TEST(ShippedDeployment, IsDynamicInt8WithoutWarnings) {
  const Deployment deployment =
      read_deployment(testing::source_folder() / "configs" / "deployment" / "edge_cpu_int8.json");
  EXPECT_EQ(to_json(deployment.quantization), to_json(Quantization{}));
  EXPECT_THAT(deployment.warnings, ElementsAre());
}

}  // namespace
}  // namespace medbench
