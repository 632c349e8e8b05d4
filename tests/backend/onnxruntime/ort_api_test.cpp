// The numbers by which functions of ONNX Runtime are called, against the order of the vendor's table: a wrong
// one would call another function.
#include "backend/onnxruntime/ort_api.hpp"

#include <gtest/gtest.h>
#include <regex>
#include <sstream>

#include "base/file.hpp"
#include "tests/support/paths.hpp"

namespace medbench {
namespace {

std::vector<std::string> functions_in_order() {
  std::istringstream lines(
      read_text_file(testing::source_folder() / "tests/backend/onnxruntime/c_api_order.txt"));
  std::vector<std::string> names;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.front() != '#') names.push_back(line);
  }
  return names;
}

TEST(OrtApi, EverySlotIsThatOfItsFunction) {
  const std::vector<std::string> names = functions_in_order();
  const std::string source = read_text_file(testing::source_folder() / "src/backend/onnxruntime/ort_api.hpp");
  // A row of the table: kCreateEnv{3, 1, "CreateEnv"}.
  const std::regex row(R"re(\bk\w+\{\s*(\d+),\s*\d+,\s*"(\w+)"\s*\})re");
  std::size_t count = 0;
  for (auto it = std::sregex_iterator(source.begin(), source.end(), row); it != std::sregex_iterator();
       ++it) {
    const std::size_t slot = std::stoul((*it)[1]);
    ASSERT_LT(slot, names.size()) << (*it)[2];
    EXPECT_EQ(names[slot], (*it)[2]) << "slot " << slot;
    ++count;
  }
  const std::regex any(R"re(\bconstexpr Slot<)re");
  const auto declared = std::distance(std::sregex_iterator(source.begin(), source.end(), any), {});
  EXPECT_EQ(count, static_cast<std::size_t>(declared)) << "a row of another form was not looked at";
}

TEST(OrtApi, KnowsItsOwnNumbers) {
  const std::vector<std::string> names = functions_in_order();
  EXPECT_EQ(names.at(ort::slot::kCreateEnv.index), ort::slot::kCreateEnv.name);
  EXPECT_EQ(names.at(ort::slot::kReleaseStatus.index), ort::slot::kReleaseStatus.name);
}

}  // namespace
}  // namespace medbench
