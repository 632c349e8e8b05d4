// --evaluate and its gates, with the reference interpreter in the place of torch.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "tests/cli/matrix_program.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using testing::exited;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::ProgramOutput;

std::filesystem::path fixtures() {
  return testing::source_folder() / "tests" / "evaluation";
}

class EvaluationTest : public testing::MatrixTest {
 protected:
  [[nodiscard]] Words words(const std::string& model, const std::string& file, const Words& more) const {
    Words words{testing::binary("medbench"),
                "matrix",
                "--models",
                model,
                "--backend",
                "torch",
                "--iters",
                "2",
                "--warmup",
                "0",
                "--evaluate",
                file,
                "--output-dir",
                output().string()};
    if (std::ranges::find(more, "--seq-length") == more.end())
      words.insert(words.end(), {"--seq-length", "32"});
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  [[nodiscard]] ProgramOutput evaluate(const std::string& model, const std::string& file,
                                       const Words& more = {}) const {
    return testing::run_program(options(words(model, file, more)));
  }
  [[nodiscard]] static std::string texts_model() { return (fixtures() / "texts_model").string(); }
  [[nodiscard]] static std::string words_model() { return (fixtures() / "words_model").string(); }
  // The header and the first rows of the fixture.
  [[nodiscard]] std::string some_texts(std::size_t rows) const {
    const std::string content = read_text_file(fixtures() / "texts.csv");
    std::size_t end = 0;
    for (std::size_t line = 0; line <= rows; ++line) end = content.find('\n', end) + 1;
    return folder().write("some.csv", content.substr(0, end)).string();
  }
  void expect_refused(const ProgramOutput& output, const std::string& complaint) const {
    EXPECT_EQ(output.status, exited(2));
    EXPECT_EQ(output.out, "");
    EXPECT_EQ(testing::count_lines(output.err), 1U) << output.err;
    EXPECT_THAT(output.err, AllOf(HasSubstr("medbench: error: "), HasSubstr(complaint)));
    EXPECT_FALSE(std::filesystem::exists(this->output() / "summary.md"));
  }
};

TEST_F(EvaluationTest, SaysWhatTransformersSaysOfTexts) {
  const Json expected = read_json_file(fixtures() / "expected.json").at("texts");
  const auto run =
      evaluate(texts_model(), (fixtures() / "texts.csv").string(), {"--json", "--batch-size", "16"});
  ASSERT_EQ(run.status, exited(0)) << run.err;
  const Result result = results_of(run).at(0);
  EXPECT_EQ(result.metrics.get("eval_texts"), 300);
  EXPECT_NEAR(*result.metrics.get("eval_accuracy"), expected.at("accuracy").get<double>(), 1e-12);
  EXPECT_NEAR(*result.metrics.get("eval_f1"), expected.at("f1").get<double>(), 1e-12);
  EXPECT_NEAR(*result.metrics.get("eval_auroc"), expected.at("auroc").get<double>(), 1e-4);
  EXPECT_EQ(result.metrics.get("eval_flips"), 0);
  EXPECT_NEAR(*result.metrics.get("eval_flip_share_high"), 0.01222, 1e-4);
  EXPECT_GE(*result.metrics.get("eval_ms"), *result.metrics.get("eval_passes_ms"));
  EXPECT_FALSE(to_json(result.job).at("protocol").at("evaluation").contains("decisions"));
}

TEST_F(EvaluationTest, SaysWhatTransformersAndSeqevalSayOfWords) {
  const Json expected = read_json_file(fixtures() / "expected.json").at("words");
  const auto run = evaluate(words_model(), (fixtures() / "words.jsonl").string(),
                            {"--json", "--batch-size", "8", "--seq-length", expected.at("length").dump()});
  ASSERT_EQ(run.status, exited(0)) << run.err;
  const Result result = results_of(run).at(0);
  std::size_t cases = 0;
  std::size_t right = 0;
  for (std::size_t i = 0; i < expected.at("actual").size(); ++i) {
    for (std::size_t k = 0; k < expected.at("actual").at(i).size(); ++k, ++cases)
      right += expected.at("actual").at(i).at(k) == expected.at("predicted").at(i).at(k) ? 1U : 0U;
  }
  EXPECT_EQ(result.metrics.get("eval_words"), static_cast<double>(cases));
  EXPECT_NEAR(*result.metrics.get("eval_accuracy"), static_cast<double>(right) / static_cast<double>(cases),
              1e-12);
  EXPECT_NEAR(*result.metrics.get("eval_entity_f1"), expected.at("entity_f1").get<double>(), 1e-12);
  EXPECT_NEAR(*result.metrics.get("eval_entity_f1_strict"), expected.at("entity_f1_strict").get<double>(),
              1e-12);
}

TEST_F(EvaluationTest, RanksRowsThatPassAndNamesTheOthers) {
  const auto run =
      evaluate(texts_model(), some_texts(40),
               {"--precision", "fp32", "bf16", "--max-flips", "5%", "--min-f1", "0.5", "--max-drop", "0.05"});
  EXPECT_EQ(run.status, exited(0)) << run.err;
  EXPECT_THAT(
      run.out,
      AllOf(HasSubstr("2 of 2 rows pass max-flips 5 %, min-f1 0.5, max-drop 5 %, the fastest first:\n  1. "),
            HasSubstr("times as fast as torch cpu fp32; changes "), HasSubstr(" of 40 predictions (at most "),
            HasSubstr("fastest that passes the gates is torch cpu ")));
  EXPECT_THAT(read_text_file(output() / "summary.md"),
              AllOf(HasSubstr("## Evaluation"), HasSubstr("- 1. torch cpu ")));
  const std::string csv = read_text_file(output() / "summary.csv");
  for (const char* column : {"eval_accuracy", "eval_flip_share_high", "gates"})
    EXPECT_THAT(csv, HasSubstr(column));

  const auto strict = evaluate(texts_model(), (fixtures() / "texts.csv").string(),
                               {"--min-f1", "99.9%", "--batch-size", "16"});
  EXPECT_EQ(strict.status, exited(1)) << strict.err;
  EXPECT_THAT(strict.out, AllOf(HasSubstr("0 of 1 rows pass min-f1 0.999:\n  fails min-f1 0.999: "),
                                HasSubstr(" too little"),
                                HasSubstr("0 of 300 predictions (at most 4, with 95 % confidence)")));
}

TEST_F(EvaluationTest, IsPartOfWhatResumingAgreesOn) {
  const std::string file = some_texts(12);
  const auto first = evaluate(texts_model(), file, {"--min-f1", "0.1"});
  ASSERT_EQ(first.status, exited(0)) << first.err;
  const auto resume = [&](const Words& more) {
    Words words{"matrix", "--resume", output().string()};
    words.insert(words.end(), more.begin(), more.end());
    return medbench(words);
  };
  const auto same = resume({});
  EXPECT_EQ(same.status, exited(0)) << same.err;
  EXPECT_THAT(same.err, HasSubstr("1 of 1 rows are finished already"));
  EXPECT_THAT(same.out, HasSubstr("1 of 1 rows pass min-f1 0.1"));
  EXPECT_THAT(resume({"--min-f1", "0.2", "--evaluate", file}).err,
              HasSubstr("it holds another plan: min_f1 is 0.1 there and 0.2 here"));
  static_cast<void>(some_texts(13));  // another content under the same name
  EXPECT_THAT(resume({}).err, HasSubstr("it holds another plan"));
}

TEST_F(EvaluationTest, RunsInTheFirstProcessOfARowAlone) {
  const auto run = evaluate(texts_model(), some_texts(12), {"--restarts", "2", "--json"});
  ASSERT_EQ(run.status, exited(0)) << run.err;
  const Result result = results_of(run).at(0);
  EXPECT_EQ(result.metrics.get("processes.n"), 2);
  EXPECT_EQ(result.metrics.get("eval_texts"), 12);
  EXPECT_TRUE(result.job.protocol.evaluation);
}

TEST_F(EvaluationTest, RefusesWhatMakesNoSenseBeforeAnythingRuns) {
  const std::string texts = some_texts(12);
  const auto file = [&](const char* name, const char* content) {
    return folder().write(name, content).string();
  };
  expect_refused(evaluate(model(), texts, {"--seq-length", "8"}), "has no classification head");
  expect_refused(evaluate(texts_model(), "none.csv"), "--evaluate cannot read none.csv: No such file");
  expect_refused(evaluate(texts_model(), "-"), "--evaluate -: give a file");
  expect_refused(evaluate(texts_model(), file("a.csv", "text,label\na,oncology\n")),
                 "row 1 (line 2): the label \"oncology\" is none of the model's, which are CARDIOLOGY, "
                 "NEUROLOGY, PULMONOLOGY");
  expect_refused(evaluate(texts_model(), file("a.csv", "text,label\na,0\na,3\n")),
                 "row 2 (line 3): the label \"3\"");
  expect_refused(evaluate(texts_model(), file("a.csv", "text,label\na,\n")), "row 1 (line 2): no label");
  expect_refused(evaluate(texts_model(), file("a.csv", "text,label\n")), "no row in it");
  expect_refused(evaluate(words_model(), file("a.jsonl", R"({"tokens": ["a", "b"], "tags": ["O"]})")),
                 "row 1 (line 1): 2 words and 1 tags");
  expect_refused(evaluate(words_model(), texts), "no column \"tokens\"");
  expect_refused(evaluate(texts_model(), texts, {"--max-flips", "half"}), "--max-flips half: no share");
  for (const char* share : {"101%", "1.5", "-1%", "%", "nan", "5 %"})
    expect_refused(evaluate(texts_model(), texts, {"--max-drop", share}), std::string("--max-drop ") + share);
  for (const char* gate : {"--max-flips", "--min-f1", "--max-drop"}) {
    expect_refused(
        medbench({"matrix", "--models", texts_model(), gate, "1%", "--output-dir", output().string()}),
        std::string(gate) + " needs --evaluate");
  }
}

TEST_F(EvaluationTest, RefusesAHeadThatIsNotAsItsNames) {
  std::filesystem::copy(fixtures() / "texts_model", folder().path() / "odd");
  Json config = read_json_file(folder().path() / "odd" / "config.json");
  config["id2label"].erase("2");
  folder().write("odd/config.json", config.dump());
  expect_refused(evaluate((folder().path() / "odd").string(), some_texts(3)),
                 "\"id2label\" names 2 classes and the weights of the head have 3");
}

TEST_F(EvaluationTest, OfOneClassHasNullsWithReasons) {
  const auto run = evaluate(
      texts_model(), folder().write("a.csv", "text,label\nwheezing,2\ncough,2\n").string(), {"--json"});
  ASSERT_EQ(run.status, exited(0)) << run.err;
  const Json row = parse_json(run.out, "standard output").at(0);
  EXPECT_TRUE(row.at("eval_auroc").is_null());
  EXPECT_EQ(row.at("null_reasons").at("eval_auroc"), "all labels are the same");
}

TEST_F(EvaluationTest, KeepsWhatWasMeasuredWhereTheFileVanishes) {
  const std::string file = some_texts(3);
  install("torch", "reference", "rm -f '" + file + "'");
  const auto run = evaluate(texts_model(), file, {"--json"});
  EXPECT_EQ(run.status, exited(1));
  const Result result = results_of(run).at(0);
  EXPECT_EQ(result.status, Status::Failed);
  EXPECT_EQ(result.failure->stage, Stage::Evaluate);
  EXPECT_THAT(result.failure->message, HasSubstr("some.csv"));
  EXPECT_EQ(result.samples.size(), 2U);
}

// The fake worker gives every text the same logits.
TEST_F(EvaluationTest, WithoutTorchSaysThatNothingIsCompared) {
  uninstall("torch");
  Words more{"--json", "--max-flips", "1%"};
  Words all = words(texts_model(), some_texts(12), more);
  std::ranges::replace(all, std::string("torch"), std::string("openvino"));
  const auto run = testing::run_program(options(all));
  EXPECT_EQ(run.status, exited(1)) << run.err;  // no row passes
  const Json row = parse_json(run.out, "standard output").at(0);
  EXPECT_EQ(row.at("status"), "ok");
  EXPECT_EQ(row.at("eval_texts"), 12);
  EXPECT_TRUE(row.at("eval_flips").is_null());
  EXPECT_THAT(row.at("null_reasons").at("eval_flips").get<std::string>(), HasSubstr("there is no reference"));
  EXPECT_EQ(row.at("details").at("evaluation").at("gates").at(0).at("holds"), false);
}

}  // namespace
}  // namespace medbench
