// --evaluate through the program on the runtimes themselves, in fp32 and int8.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "job/result.hpp"
#include "tests/cli/medbench_program.hpp"

namespace medbench {
namespace {

using testing::exited;
using ::testing::HasSubstr;

std::filesystem::path fixtures() {
  return testing::source_folder() / "tests" / "evaluation";
}

class EvaluationRuntimes : public testing::MedbenchTest {
 protected:
  [[nodiscard]] testing::ProgramOutput evaluate(const char* model, const char* file,
                                                const Words& more) const {
    Words words{"matrix",
                "--models",
                (fixtures() / model).string(),
                "--evaluate",
                (fixtures() / file).string(),
                "--backend",
                "torch",
                "onnxruntime",
                "openvino",
                "--device",
                "cpu",
                "--int8",
                "--batch-size",
                "8",
                "--iters",
                "4",
                "--warmup",
                "1",
                "--threads",
                "1",
                "--output-dir",
                output().string()};
    words.insert(words.end(), more.begin(), more.end());
    return medbench(words);
  }
  // fp32 decides as transformers does, and int8 nearly so.
  static void expect_accuracy(const std::vector<Result>& rows, double accuracy) {
    ASSERT_EQ(rows.size(), 6U);
    for (const Result& row : rows) {
      const bool is_fp32 = row.job.target.precision == kFp32;
      SCOPED_TRACE(row.job.target.backend + " " + row.job.target.precision);
      ASSERT_EQ(row.status, Status::Ok) << (row.failure ? row.failure->message : "");
      EXPECT_NEAR(row.metrics.get("eval_accuracy").value_or(0), accuracy, is_fp32 ? 1e-12 : 0.05);
      EXPECT_NEAR(row.metrics.get("eval_fp32_accuracy").value_or(0), accuracy, 1e-12);
      EXPECT_LE(row.metrics.get("eval_flip_share").value_or(1), is_fp32 ? 0 : 0.05);
      EXPECT_GT(row.metrics.get("eval_flip_share_high").value_or(0), 0);
    }
  }
};

TEST_F(EvaluationRuntimes, Texts) {
  const Json expected = read_json_file(fixtures() / "expected.json").at("texts");
  const auto run =
      evaluate("texts_model", "texts.csv",
               {"--seq-length", "32", "--json", "--max-flips", "5%", "--min-f1", "0.85", "--max-drop", "5%"});
  EXPECT_EQ(run.status, exited(0)) << run.err;
  const auto rows = rows_of(run);
  expect_accuracy(rows, expected.at("accuracy").get<double>());
  for (const Result& row : rows) {
    for (const Json& gate : row.details.at(kEvaluationDetails).at(kGateDetails))
      EXPECT_EQ(gate.at("holds"), true) << gate;
    if (row.job.target.precision == kFp32) {
      EXPECT_NEAR(row.metrics.get("eval_f1").value_or(0), expected.at("f1").get<double>(), 1e-12);
    }
  }
}

TEST_F(EvaluationRuntimes, Words) {
  const Json expected = read_json_file(fixtures() / "expected.json").at("words");
  const auto run =
      evaluate("words_model", "words.jsonl", {"--seq-length", expected.at("length").dump(), "--json"});
  EXPECT_EQ(run.status, exited(0)) << run.err;
  double cases = 0;
  double right = 0;
  for (std::size_t i = 0; i < expected.at("actual").size(); ++i) {
    for (std::size_t k = 0; k < expected.at("actual").at(i).size(); ++k, ++cases)
      right += expected.at("actual").at(i).at(k) == expected.at("predicted").at(i).at(k) ? 1 : 0;
  }
  const auto rows = rows_of(run);
  expect_accuracy(rows, right / cases);
  for (const Result& row : rows) {
    if (row.job.target.precision == kFp32) {
      EXPECT_NEAR(row.metrics.get("eval_entity_f1").value_or(0), expected.at("entity_f1").get<double>(),
                  1e-12);
    }
  }
}

TEST_F(EvaluationRuntimes, NoRowPassesAGateThatIsTooHigh) {
  const auto run = evaluate("texts_model", "texts.csv", {"--seq-length", "32", "--min-f1", "0.99"});
  EXPECT_EQ(run.status, exited(1)) << run.err;
  EXPECT_THAT(run.out,
              HasSubstr("texts_model 8 x 32, 0 of 6 rows pass min-f1 0.99:\n  fails min-f1 0.99: 0.9"));
  EXPECT_THAT(run.out, HasSubstr("texts_model 8 x 32: no row that passes the gates"));
}

}  // namespace
}  // namespace medbench
