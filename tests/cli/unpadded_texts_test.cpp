// --pad none through the program on the runtimes themselves.
#include <filesystem>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <utility>
#include <vector>

#include "base/file.hpp"
#include "job/result.hpp"
#include "tests/cli/medbench_program.hpp"

namespace medbench {
namespace {

using testing::exited;
using ::testing::HasSubstr;

class UnpaddedTexts : public testing::MedbenchTest {
 protected:
  [[nodiscard]] testing::ProgramOutput run(const char* model, const Words& more) const {
    const std::string file = folder().write("notes.txt", texts()).string();
    Words words{"matrix",
                "--models",
                (testing::source_folder() / "tests" / "evaluation" / model).string(),
                "--text",
                file,
                "--device",
                "cpu",
                "--iters",
                "4",
                "--warmup",
                "1",
                "--threads",
                "2",
                "--batch-size",
                "3",
                "--seq-length",
                "40",
                "--output-dir",
                output().string(),
                "--json"};
    if (std::ranges::find(more, "--pad") == more.end()) words.insert(words.end(), {"--pad", "none"});
    words.insert(words.end(), more.begin(), more.end());
    return medbench(words);
  }

  // An empty line is no text; the last one is cut.
  static std::string texts() {
    std::string all = "fever\n\nno fever, no chills\nsevere pain in the chest\nstable\n";
    for (int i = 0; i < 50; ++i) all += "pain ";
    return all + "\n";
  }
};

// Both kinds of outputs: a vector for each text and one for each token.
TEST_F(UnpaddedTexts, GiveTheAnswersOfPaddedOnes) {
  for (const char* model : {"texts_model", "words_model"}) {
    SCOPED_TRACE(model);
    const auto output =
        run(model, {"--backend", "torch", "--precision", "fp32", "bf16", "--int8", "all", "--acc-check"});
    ASSERT_EQ(output.status, exited(0)) << output.err;
    EXPECT_THAT(output.err, HasSubstr("5 texts; 1 of 5 texts cut to 40 tokens"));
    const std::vector<Result> rows = rows_of(output);
    ASSERT_EQ(rows.size(), 5U);
    for (const Result& row : rows) {
      SCOPED_TRACE(precision_label(row.job.target));
      EXPECT_EQ(row.status, Status::Ok) << (row.failure ? row.failure->message : "");
      EXPECT_EQ(row.acc_error, "");
      EXPECT_EQ(row.parity, true);
      EXPECT_GT(row.metrics.get("acc_cosine").value_or(0),
                row.job.target.precision == kFp32 ? 0.999999 : 0.99);
      EXPECT_EQ(row.metrics.get("padding_ratio"), 0);
      EXPECT_EQ(row.metrics.get("tokens_per_second"), row.metrics.get("useful_tokens_per_second"));
      EXPECT_EQ(row.details.at("inputs").at("padding"), "none");
      EXPECT_EQ(row.details.at("inputs").at("truncated"), 1);
    }
  }
}

// Those pad them for attention alone.
TEST_F(UnpaddedTexts, RunOnRuntimesOfWholeSequences) {
  for (const char* model : {"texts_model", "words_model"}) {
    SCOPED_TRACE(model);
    const auto output = run(model, {"--backend", "onnxruntime", "openvino", "pjrt", "--precision", "fp32",
                                    "--pad", "longest", "none", "--acc-check"});
    ASSERT_EQ(output.status, exited(0)) << output.err;
    const std::vector<Result> rows = rows_of(output);
    ASSERT_EQ(rows.size(), 6U);
    for (const Result& row : rows) {
      SCOPED_TRACE(row.job.target.backend);
      EXPECT_EQ(row.status, Status::Ok) << (row.failure ? row.failure->message : "");
      EXPECT_EQ(row.parity, true) << row.acc_error;
      EXPECT_GT(row.metrics.get("acc_cosine").value_or(0), 0.999999);
      const Json& inputs = row.details.at("inputs");
      const bool is_unpadded = inputs.at("padding") == "none";
      EXPECT_EQ(row.metrics.get("padding_ratio") == 0, is_unpadded);
      EXPECT_EQ(inputs.value("attention", ""), is_unpadded ? "padded" : "");
    }
  }
}

// Texts, pairs of them, and the words of texts: what the row with padding says.
TEST_F(UnpaddedTexts, AreEvaluatedAsPaddedOnes) {
  const auto fixtures = testing::source_folder() / "tests" / "evaluation";
  std::string pairs = "sentence1,sentence2,label\n";
  for (const char* second : {"stable", "no chills", "severe pain in the chest", "heparin 10 mL at night"}) {
    for (const char* first : {"fever", "productive cough for a week", "left facial droop"})
      pairs += fmt::format("{},{},cardiology\n{},{},neurology\n", first, second, second, first);
  }
  const std::vector<std::pair<const char*, std::filesystem::path>> files{
      {"texts_model", fixtures / "texts.csv"},
      {"texts_model", folder().write("pairs.csv", pairs)},
      {"words_model", fixtures / "words.jsonl"}};
  for (const auto& [model, file] : files) {
    SCOPED_TRACE(file);
    const auto output = run(model, {"--backend", "torch", "--pad", "longest", "none", "--precision", "fp32",
                                    "bf16", "--evaluate", file.string(), "--max-flips", "5%"});
    ASSERT_EQ(output.status, exited(0)) << output.err;
    const std::vector<Result> rows = rows_of(output);
    ASSERT_EQ(rows.size(), 4U);
    for (std::size_t i = 0; i < rows.size(); i += 2) {
      const Metrics& padded = rows[i].metrics;
      const Metrics& packed = rows[i + 1].metrics;
      ASSERT_EQ(rows[i + 1].status, Status::Ok) << rows[i + 1].failure->message;
      EXPECT_EQ(rows[i + 1].job.work.text()->padding, Padding::None);
      const bool is_fp32 = rows[i].job.target.precision == kFp32;
      for (const char* key : {"eval_texts", "eval_words", "eval_truncated", "eval_fp32_accuracy"})
        EXPECT_EQ(packed.get(key), padded.get(key)) << key;
      if (is_fp32) {
        EXPECT_EQ(packed.get("eval_flips"), 0);
      }
      for (const char* key : {"eval_accuracy", "eval_f1", "eval_flip_share", "eval_calibration_error"}) {
        ASSERT_TRUE(packed.get(key)) << key;
        EXPECT_NEAR(*packed.get(key), *padded.get(key), is_fp32 ? 1e-6 : 0.05) << key;
      }
    }
  }
}

}  // namespace
}  // namespace medbench
