#include "report/page/answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accuracy/gates.hpp"
#include "report/page/answer_text.hpp"
#include "report/page/charts.hpp"
#include "report/page/model.hpp"
#include "report/page/page.hpp"
#include "report/page/parity_words.hpp"
#include "report/page/row_words.hpp"
#include "report/page/trust.hpp"
#include "tests/report/page/page_rows.hpp"

namespace medbench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::page_input;
using testing::page_row;

const PageGroup& only_group(const PageModel& model) {
  return model.machines().front().groups.front();
}

TEST(Answer, IsTheFastestRowWithAnIntervalToTheNext) {
  const PageModel model(page_input(
      {page_row("openvino", "fp32", {26, 26.3, 25.8}), page_row("torch", "fp32", {20, 20.2, 19.9})}));
  const Answer& answer = only_group(model).answer;
  ASSERT_NE(answer.best, nullptr);
  EXPECT_EQ(answer.best->job.target.backend, "torch");
  EXPECT_TRUE(answer.untold().empty());
  ASSERT_NE(answer.next(), nullptr);
  EXPECT_EQ(answer.next()->standing, Standing::Slower);
  EXPECT_NEAR(answer.next()->ratio, 1.3, 0.01);
  EXPECT_EQ(answer.next()->n, 3U);
}

TEST(Answer, SaysWhatCannotBeToldApart) {
  const PageModel model(
      page_input({page_row("torch", "fp32", {20, 21, 19.9}), page_row("openvino", "fp32", {20.4, 19.8, 21.4}),
                  page_row("onnxruntime", "fp32", {40, 40.2, 39.9})}));
  const Answer& answer = only_group(model).answer;
  ASSERT_EQ(answer.untold().size(), 1U);
  EXPECT_EQ(answer.untold().front()->row->job.target.backend, "openvino");
  EXPECT_EQ(answer.next()->row->job.target.backend, "onnxruntime");
}

TEST(Answer, OfSingleProcessesTellsOnlyWhatIsFarBehind) {
  const PageModel model(page_input({page_row("torch", "fp32", {20}), page_row("openvino", "fp32", {22}),
                                    page_row("onnxruntime", "fp32", {40})}));
  const Answer& answer = only_group(model).answer;
  ASSERT_EQ(answer.untold().size(), 1U);
  EXPECT_EQ(answer.untold().front()->standing, Standing::TooFew);
  EXPECT_EQ(answer.next()->standing, Standing::FarBehind);
}

TEST(Answer, IsNoRowWhoseParityFails) {
  const PageModel model(page_input({page_row("torch", "int8", {11}, 0.9), page_row("torch", "fp32", {20})}));
  const Answer& answer = only_group(model).answer;
  EXPECT_EQ(answer.best->job.target.precision, "fp32");
  ASSERT_EQ(answer.faster_but_wrong.size(), 1U);
  EXPECT_EQ(answer.faster_but_wrong.front()->job.target.precision, "int8");
}

TEST(Answer, IsNoRowThatFailsAGate) {
  std::vector<Result> rows{page_row("torch", "int8", {11}), page_row("torch", "fp32", {20})};
  for (Result& row : rows) {
    const bool is_fast = row.job.target.precision == "int8";
    row.metrics.set("eval_accuracy", is_fast ? 0.88 : 0.9);
    row.metrics.set("eval_f1", is_fast ? 0.87 : 0.9);
    row.metrics.set("eval_fp32_accuracy", 0.9);
    row.metrics.set("eval_fp32_f1", 0.9);
    fill_gates(row, {.max_drop = 0.01});
  }
  const PageModel model(page_input(rows));
  const Answer& answer = only_group(model).answer;
  EXPECT_EQ(answer.best->job.target.precision, "fp32");
  const std::string html = render_answers(model);
  EXPECT_THAT(html,
              HasSubstr("Faster, but parity or a gate fails: torch cpu int8 (max-drop 1 %: 3 %, 2 points "
                        "too much"));
  EXPECT_THAT(html, HasSubstr("<dt>labelled data</dt><dd>accuracy 0.9000 (fp32 0.9000)<br>F1 0.9000 (fp32 "
                              "0.9000)<small>passes gate max-drop 1 %: 0 %"));
  for (Result& row : rows) fill_gates(row, {.min_f1 = 0.95});
  EXPECT_THAT(render_answers(PageModel(page_input(rows))),
              HasSubstr("Nothing to deploy: no row whose parity holds and that passes the gates"));
}

TEST(Answer, IsNothingWhereNoRowMayWin) {
  const PageModel model(
      page_input({page_row("torch", "int8", {11}, 0.9), testing::failed_row(Status::Crashed, "openvino")}));
  EXPECT_EQ(only_group(model).answer.best, nullptr);
  EXPECT_EQ(only_group(model).answer.not_ok.size(), 1U);
}

PlayoffRecord won_by(const Result& winner, const Result& other) {
  return {.winner = winner,
          .others = {{.row = other,
                      .against_winner = {.verdict = Verdict::Slower,
                                         .n = 6,
                                         .ratio = 1.08,
                                         .interval = Interval{.low = 1.05, .high = 1.11}}}}};
}

// The medians of single processes say the opposite.
TEST(Answer, IsTheWinnerOfAPlayoff) {
  PageInput input = page_input({page_row("torch", "fp32", {20}), page_row("openvino", "fp32", {20.5})});
  input.playoffs.push_back(won_by(input.results[1], input.results[0]));
  PageInput elsewhere = input;
  const PageModel model(std::move(input));
  const Answer& answer = only_group(model).answer;
  EXPECT_EQ(answer.best->job.target.backend, "openvino");
  EXPECT_TRUE(answer.next()->by_playoff);
  EXPECT_EQ(answer.next()->ratio, 1.08);
  EXPECT_THAT(render_answers(model), HasSubstr("its ratios go before those of the tables"));

  elsewhere.playoffs.front().winner.machine = testing::machine_profile("other");
  const PageModel other(std::move(elsewhere));
  EXPECT_EQ(only_group(other).answer.best->job.target.backend, "torch");
}

Result padded(Result row, Padding padding) {
  row.job.work.data = TextData{.file = "notes.txt", .padding = padding};
  return row;
}

TEST(Answer, IsOneForTheSameTextsHoweverTheyArePadded) {
  const PageModel model(page_input({padded(page_row("torch", "fp32", {26, 26.3, 25.8}), Padding::Longest),
                                    padded(page_row("torch", "fp32", {20, 20.2, 19.9}), Padding::None)}));
  ASSERT_EQ(model.machines().front().groups.size(), 1U);
  const PageGroup& group = only_group(model);
  EXPECT_THAT(group.title, ::testing::EndsWith(", texts"));
  EXPECT_EQ(model.name_of(*group.answer.best), "torch cpu fp32 (padding none)");
  ASSERT_NE(group.answer.next(), nullptr);
  EXPECT_EQ(model.name_of(*group.answer.next()->row), "torch cpu fp32 (padding longest)");

  const PageModel alone(page_input({padded(page_row("torch", "fp32", {20}), Padding::None)}));
  EXPECT_THAT(only_group(alone).title, ::testing::EndsWith(", texts without padding"));
  EXPECT_EQ(alone.name_of(alone.results().front()), "torch cpu fp32");
}

// A play-off among rows of one padding knows nothing of the others.
TEST(Answer, IsNoWinnerOfAPlayoffThatARowOfAnotherPaddingOvertakes) {
  PageInput input = page_input({padded(page_row("torch", "fp32", {20}), Padding::Longest),
                                padded(page_row("openvino", "fp32", {20.5}), Padding::Longest),
                                padded(page_row("torch", "fp32", {10}), Padding::None)});
  input.playoffs.push_back(won_by(input.results[1], input.results[0]));
  PageInput slower = input;
  const PageModel model(std::move(input));
  EXPECT_EQ(only_group(model).answer.best->job.work.text()->padding, Padding::None);

  slower.results[2].metrics.set("latency_ms.p50", 30);
  const PageModel other(std::move(slower));
  EXPECT_EQ(only_group(other).answer.best->job.target.backend, "openvino");
}

TEST(Answer, NamesTheWarningsOfTheRowToDeploy) {
  std::vector<Result> rows{page_row("torch", "fp32", {20}), page_row("openvino", "fp32", {40})};
  const Warning warning{.kind = "other_load", .text = "others were busy", .advice = "stop them"};
  for (Result& row : rows) row.warnings.push_back(warning);
  rows[0].warnings.push_back({.kind = "drifting", .text = "it went up", .advice = "wait"});
  const PageModel model(page_input(std::move(rows)));
  EXPECT_THAT(render_answers(model), HasSubstr("2 warnings</a> on the row to deploy: other load, drifting."));
  EXPECT_THAT(render_page_warnings(model), HasSubstr("torch cpu fp32 <span class=best>deploy</span>; "));
}

TEST(Answer, HasTheCommandThatMeasuresTheRowAgain) {
  PageInput input = page_input({page_row("torch", "fp32", {20}), page_row("openvino", "fp32", {40})});
  input.origins[0].command = "medbench matrix --options 'a<b'";
  EXPECT_THAT(render_answers(PageModel(std::move(input))),
              HasSubstr("<code class=command>medbench matrix --options &#39;a&lt;b&#39;"));
}

TEST(Answer, SaysWhatKeepsTheAnswersOfARowThatIsFasterAndWrong) {
  const std::string remedy =
      "<p class=where>torch cpu int8: here it holds in fp32; for int8 that holds, give ";
  std::vector<Result> rows{page_row("torch", "int8", {11}, 0.9), page_row("torch", "fp32", {20})};
  EXPECT_THAT(render_answers(PageModel(page_input(rows))), HasSubstr(remedy));
  EXPECT_THAT(render_accuracy_chart(PageModel(page_input(rows))), HasSubstr(remedy));
  rows.pop_back();
  EXPECT_THAT(render_answers(PageModel(page_input(rows))),
              HasSubstr("<p class=where>torch cpu int8: for int8 that holds, give "));
}

TEST(Answer, SaysWhatParityWasTakenOver) {
  Result row = page_row("torch", "fp32", {20});
  const auto basis_of = [](const Result& any) { return parity_basis(any); };
  EXPECT_EQ(basis_of(row), "random ids");
  row.details["parity"] = {{"batches", 4}};
  EXPECT_EQ(basis_of(row), "4 sets of random ids");
  EXPECT_THAT(render_answers(PageModel(page_input({row}))),
              HasSubstr("<small>beside torch cpu fp32 on 4 sets of random ids</small>"));
  row.job.work.axes.set(Axis::Height, 64);
  EXPECT_EQ(basis_of(row), "4 sets of random images");
  row.job.work.data = TextData{.file = "/data/notes.txt"};
  row.inputs_source = "text";
  row.details["inputs"] = {{"texts_used", 32}};
  EXPECT_EQ(basis_of(row), "4 sets of texts, 32 texts of notes.txt");
  row.details["parity"] = row.details["inputs"] = "no object";
  EXPECT_EQ(basis_of(row), "texts");
  row.metrics = {};
  EXPECT_EQ(basis_of(row), "");
}

TEST(RowWords, TellTheSpeedsOfTheParts) {
  EXPECT_EQ(parts_text(page_row("torch", "fp32", {20, 30, 25})), "20.03 to 30.04 in 3 processes");
  EXPECT_EQ(parts_text(page_row("torch", "fp32", {30, 20})), "20.03 and 30.04 in 2 processes");
  Result row = page_row("torch", "fp32", {20});
  EXPECT_EQ(parts_text(row), "20.01 and 20.05 in 2 turns");
  for (Sample& sample : row.samples) sample.turn = 0;
  EXPECT_EQ(parts_text(row), "");
  row.samples.clear();
  EXPECT_EQ(parts_text(row), "");
}

TEST(RowWords, SayWhyANumberIsMissing) {
  Result row = page_row("torch", "fp32", {20});
  EXPECT_EQ(why_absent(row, "latency_ms.ci95_low"), "");
  row.metrics.set_absent("latency_ms.ci95_low", "needs at least 6 <independent> samples");
  row.metrics.set_absent("latency_ms.ci95_high", "needs at least 6 <independent> samples");
  const std::string page = render_page(page_input({row, page_row("openvino", "fp32", {40})}));
  EXPECT_THAT(page,
              HasSubstr("<small>no 95 % interval: needs at least 6 &lt;independent&gt; samples</small>"));
  EXPECT_THAT(page, HasSubstr("<p class=note>Where a number is missing: 95 %: needs at least 6 "
                              "&lt;independent&gt; samples.</p>"));
}

TEST(PageModel, KeepsMachinesApart) {
  PageInput input = page_input({page_row("torch", "fp32", {20}), page_row("openvino", "fp32", {10}),
                                page_row("openvino", "fp32", {30})});
  input.results[1].machine = testing::machine_profile("other");
  input.origins[1].file = "of the other";
  const PageModel model(std::move(input));
  ASSERT_EQ(model.machines().size(), 2U);
  EXPECT_EQ(model.machines()[0].groups.front().answer.best->job.target.backend, "torch");
  const Result& alone = model.machines()[1].results.front();
  EXPECT_EQ(model.origin_of(alone).file, "of the other");
}

TEST(PageModel, NamesRowsOfOneTargetByWhatDiffers) {
  std::vector<Result> rows{page_row("torch", "fp32", {20}), page_row("torch", "fp32", {21}),
                           page_row("torch", "fp32", {22})};
  rows[1].job.target.options["torch.cuda_graphs"] = "off";
  rows[2].job.target.threads = 8;
  const PageModel model(page_input(std::move(rows)));
  std::vector<std::string> names;
  for (const Result* row : only_group(model).rows) names.push_back(model.name_of(*row));
  EXPECT_THAT(names, ElementsAre("torch cpu fp32 (threads=0)", "torch cpu fp32 (cuda_graphs=off, threads=0)",
                                 "torch cpu fp32 (threads=8)"));
}

}  // namespace
}  // namespace medbench
