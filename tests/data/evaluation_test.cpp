// Labelled rows, their labels, and the batches that are made of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "data/evaluation_batches.hpp"
#include "tests/support/axes.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/gzip.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using testing::batch_seq;
using ::testing::ElementsAre;
using testing::expect_error;
using testing::TemporaryFolder;

std::vector<EvaluationRow> rows_of(const std::filesystem::path& file,
                                   EvaluationKind kind = EvaluationKind::Texts) {
  EvaluationRows rows(file, kind);
  std::vector<EvaluationRow> all;
  EvaluationRow row;
  while (rows.next(row)) all.push_back(row);
  EXPECT_EQ(rows.fraction(), 1);
  return all;
}

TEST(EvaluationRows, ReadsTextsFromTablesAndJson) {
  const TemporaryFolder folder;
  const auto table = rows_of(folder.write("a.csv", "id,label,text\n7,x,\"a, b\"\n8,1,\n"));
  ASSERT_EQ(table.size(), 2U);
  EXPECT_EQ(table[0].text, "a, b");
  EXPECT_THAT(table[0].labels, ElementsAre("x"));
  EXPECT_FALSE(table[0].is_pair);
  EXPECT_EQ(table[1].text, "");
  EXPECT_EQ(table[1].number, 2U);
  EXPECT_EQ(table[1].line, 3U);
  const auto json = rows_of(folder.write("a.jsonl", R"({"text": "t", "label": 3})"
                                                    "\n\n"
                                                    R"({"label": "y", "text": "u", "idx": 0})"
                                                    "\n"));
  ASSERT_EQ(json.size(), 2U);
  EXPECT_THAT(json[0].labels, ElementsAre("3"));
  EXPECT_EQ(json[1].text, "u");
  EXPECT_EQ(json[1].line, 3U);
}

TEST(EvaluationRows, ReadsWhatGzipPacked) {
  const TemporaryFolder folder;
  const auto table = rows_of(folder.write("a.csv.gz", testing::gzipped("text,label\na,x\n")));
  ASSERT_EQ(table.size(), 1U);
  EXPECT_EQ(table[0].text, "a");
  const auto json = rows_of(folder.write("b.jsonl.gz", testing::gzipped(R"({"text": "t", "label": 3})")));
  ASSERT_EQ(json.size(), 1U);
  EXPECT_THAT(json[0].labels, ElementsAre("3"));
}

TEST(EvaluationRows, ReadsPairs) {
  const TemporaryFolder folder;
  const auto table = rows_of(folder.write("a.tsv", "sentence1\tsentence2\tlabel\na\tb\t0\n"));
  ASSERT_EQ(table.size(), 1U);
  EXPECT_TRUE(table[0].is_pair);
  EXPECT_EQ(table[0].text + table[0].second, "ab");
  const auto json =
      rows_of(folder.write("b.ndjson", R"({"sentence2": "d", "sentence1": "c", "label": "1"})"));
  ASSERT_EQ(json.size(), 1U);
  EXPECT_EQ(json[0].text + json[0].second, "cd");
}

TEST(EvaluationRows, ReadsWordsUnderTheNamesOfDatasets) {
  const TemporaryFolder folder;
  for (const char* line :
       {R"({"tokens": ["a b", "c"], "ner_tags": [0, 2]})", R"({"words": ["a b", "c"], "labels": ["0", 2]})",
        R"({"tokens": ["a b", "c"], "tags": ["0", "2"], "ner_tags": []})"}) {
    const auto rows = rows_of(folder.write("a.jsonl", line), EvaluationKind::Words);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_THAT(rows[0].words, ElementsAre("a b", "c"));
    EXPECT_THAT(rows[0].labels, ElementsAre("0", "2"));
  }
  const auto table =
      rows_of(folder.write("a.csv", "tokens,tags\n\" a  b\",B-X O\n,\n"), EvaluationKind::Words);
  ASSERT_EQ(table.size(), 2U);
  EXPECT_THAT(table[0].words, ElementsAre("a", "b"));
  EXPECT_THAT(table[0].labels, ElementsAre("B-X", "O"));
  EXPECT_TRUE(table[1].words.empty());
}

TEST(EvaluationRows, NamesTheRowThatIsWrong) {
  const TemporaryFolder folder;
  const auto expect = [&](const char* name, const char* content, const char* complaint,
                          EvaluationKind kind = EvaluationKind::Texts) {
    const auto file = folder.write(name, content);
    expect_error(ErrorKind::Usage, complaint, [&] { rows_of(file, kind); });
  };
  expect("a.csv", "text,label\na,x\nb,\n", "a.csv: row 2 (line 3): no label");
  expect("a.csv", "text,label\na,x\nb\n", "line 3: 1 fields");
  expect("a.csv", "text,class\na,x\n", "no column \"label\"");
  expect("a.csv", "sentence1,label\na,x\n", "no column \"sentence2\"");
  expect("a.csv", "text,label\na,x\n", "no column \"tokens\"", EvaluationKind::Words);
  expect("a.csv", "tokens,tags\na b,O\n", "row 1 (line 2): 2 words and 1 tags", EvaluationKind::Words);
  expect("a.jsonl", R"({"text": "a"})", "row 1 (line 1): no label");
  expect("a.jsonl", R"({"text": "a", "label": null})", "no label");
  expect("a.jsonl", R"({"text": "a", "label": 1.5})", "\"label\" must hold a string or an integer");
  expect("a.jsonl", R"({"label": 1})", "no key \"text\"");
  expect("a.jsonl", "[1]", "expected a JSON object");
  expect("a.jsonl", R"({"tokens": ["a"], "tags": ["O", "O"]})", "1 words and 2 tags", EvaluationKind::Words);
  expect("a.jsonl", R"({"tokens": "a", "tags": ["O"]})", "\"tokens\" must be a list", EvaluationKind::Words);
  expect("a.jsonl", R"({"tokens": [1], "tags": ["O"]})", "must hold strings", EvaluationKind::Words);
  expect("a.jsonl", R"({"tokens": ["a"]})", "no key \"tags\"", EvaluationKind::Words);
  expect("a.jsonl", R"({"tokens": ["a"], "tags": [" "]})", "no label", EvaluationKind::Words);
  expect("a.json", "[]", "not JSON objects");
  expect("a.csv", "", "empty");
}

TEST(LabelNames, FindsNamesThenCasesThenNumbers) {
  const LabelNames names({"CARDIO", "cardio", "Neuro", "7"});
  EXPECT_EQ(names.find("cardio"), 1U);
  EXPECT_EQ(names.find("Cardio"), std::nullopt);  // two are the same but for their case
  EXPECT_EQ(names.find(" NEURO "), 2U);
  EXPECT_EQ(names.find("7"), 3U);
  EXPECT_EQ(names.find("2"), 2U);
  for (const char* other : {"4", "-1", "2.0", "+2", "", "neuro2"})
    EXPECT_EQ(names.find(other), std::nullopt) << other;
  EXPECT_EQ(names.choices(), "CARDIO, cardio, Neuro, 7 or a number from 0 to 3");
}

TEST(LabelNames, OfVeryManyListsSome) {
  std::vector<std::string> many;
  for (int i = 0; i < 100'000; ++i) many.push_back("label " + std::to_string(i));
  const LabelNames names(std::move(many));
  EXPECT_EQ(names.find("LABEL 99999"), 99'999U);
  EXPECT_LT(names.choices().size(), 500U);
}

std::filesystem::path fixtures() {
  return testing::source_folder() / "tests" / "evaluation";
}

std::vector<ir::InputSpec> inputs(std::int64_t types = 2) {
  const auto input = [](const char* name, ir::Role role, double most) {
    return ir::InputSpec{.name = name,
                         .dtype = DType::I64,
                         .shape = {ir::kBatch, ir::kSeq},
                         .role = role,
                         .domain = {0, most}};
  };
  return {input("input_ids", ir::Role::Ids, 300), input("attention_mask", ir::Role::Mask, 1),
          input("token_type_ids", ir::Role::Types, static_cast<double>(types - 1))};
}

ir::OutputSpec head(int class_axis, std::vector<std::string> labels) {
  return {.name = "output",
          .class_axis = class_axis,
          .kind = ir::OutputKind::Logits,
          .labels = std::move(labels)};
}

std::vector<std::int64_t> row_of(const EvaluationBatch& batch, const char* name, std::size_t row) {
  const HostTensor& tensor = batch.tensors.at(name);
  const auto seq = static_cast<std::size_t>(tensor.shape()[1]);
  const auto values = tensor.i64().subspan(row * seq, seq);
  return {values.begin(), values.end()};
}

TEST(EvaluationBatches, EncodesPairsAsTransformersDoes) {
  const TemporaryFolder folder;
  const Json expected = read_json_file(fixtures() / "expected.json");
  for (const Json& pair : expected.at("pairs")) {
    Json line{{"sentence1", pair.at("first")}, {"sentence2", pair.at("second")}, {"label", 1}};
    const auto file = folder.write("pair.jsonl", dump_line(line));
    const auto length = pair.at("length").get<std::int64_t>();
    EvaluationBatches batches(file, inputs(), head(1, {"no", "yes"}), fixtures() / "texts_model",
                              batch_seq(1, length));
    const auto batch = batches.next();
    ASSERT_TRUE(batch);
    auto ids = pair.at("ids").get<std::vector<std::int64_t>>();
    auto types = pair.at("types").get<std::vector<std::int64_t>>();
    ids.resize(static_cast<std::size_t>(length));
    types.resize(static_cast<std::size_t>(length));
    EXPECT_EQ(row_of(*batch, "input_ids", 0), ids) << pair;
    EXPECT_EQ(row_of(*batch, "token_type_ids", 0), types) << pair;
  }
}

TEST(EvaluationBatches, FillsTheLastBatchWithItsOwnTexts) {
  const TemporaryFolder folder;
  const auto file = folder.write("a.csv", "text,label\nfever,A\nno fever,b\nshe has no fever overnight,0\n");
  EvaluationBatches batches(file, inputs(), head(1, {"a", "B"}), fixtures() / "texts_model", batch_seq(2, 5));
  auto batch = batches.next();
  ASSERT_TRUE(batch);
  ASSERT_EQ(batch->texts.size(), 2U);
  EXPECT_THAT(batch->texts[1].labels, ElementsAre(1));
  EXPECT_EQ(batch->texts[1].row, 2U);
  EXPECT_LT(batch->fraction, 1);
  batch = batches.next();
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->texts.size(), 1U);
  EXPECT_EQ(batch->fraction, 1);
  EXPECT_EQ(row_of(*batch, "input_ids", 1), row_of(*batch, "input_ids", 0));
  EXPECT_THAT(row_of(*batch, "attention_mask", 1), ElementsAre(1, 1, 1, 1, 1));
  EXPECT_EQ(batches.next().has_value(), false);
  EXPECT_EQ(batches.counts().texts, 3U);
  EXPECT_EQ(batches.counts().truncated, 1U);
}

TEST(EvaluationBatches, JudgesTheFirstPieceOfEachWordThatIsThere) {
  const TemporaryFolder folder;
  // "aspirin" is one token of this vocabulary, "asthma" is two.
  const auto file = folder.write(
      "a.jsonl",
      R"({"tokens": ["asthma", "", "aspirin", "for", "heparin"], "tags": ["B-Problem", "O", "B-Drug", "O", "B-Drug"]})");
  EvaluationBatches batches(file, inputs(), head(2, {"O", "B-Drug", "B-Problem"}), fixtures() / "words_model",
                            batch_seq(1, 6));
  const auto batch = batches.next();
  ASSERT_TRUE(batch);
  const JudgedText& text = batch->texts.at(0);
  const auto pieces =
      static_cast<std::uint32_t>(load_tokenizer_of(301, fixtures() / "words_model").pieces("asthma").size());
  ASSERT_EQ(pieces, 2U);
  EXPECT_THAT(text.words, ElementsAre(1, 3, 4));
  EXPECT_THAT(text.positions, ElementsAre(1, 3, 4));
  EXPECT_THAT(text.labels, ElementsAre(2, 1, 0));
  EXPECT_EQ(batches.counts().words_left, 2U);
  EXPECT_EQ(batches.counts().truncated, 1U);
}

// Of inputs as passes::pack_tokens() makes them.
std::vector<ir::InputSpec> packed_inputs() {
  std::vector<ir::InputSpec> packed = inputs();
  for (ir::InputSpec& spec : packed) spec.shape = {ir::kTokens};
  packed[1] = {.name = "text_offsets",
               .dtype = DType::I64,
               .shape = {ir::kBatch + 1},
               .role = ir::Role::Offsets,
               .domain = {}};
  return packed;
}

TEST(EvaluationBatches, HoldTheSameTextsWithoutPadding) {
  const TemporaryFolder folder;
  const auto file = folder.write(
      "pairs.csv",
      "sentence1,sentence2,label\nfever,no fever,a\nshe has no fever overnight,fever,B\nno,no,a\n");
  const auto open = [&](std::vector<ir::InputSpec> specs) {
    return EvaluationBatches(file, std::move(specs), head(1, {"a", "B"}), fixtures() / "texts_model",
                             batch_seq(2, 8));
  };
  EvaluationBatches padded = open(inputs());
  EvaluationBatches packed = open(packed_inputs());
  for (int number = 0; number < 2; ++number) {
    const auto wanted = padded.next();
    const auto found = packed.next();
    ASSERT_TRUE(wanted && found);
    EXPECT_EQ(wanted->axes, batch_seq(2, 8));
    const auto offsets = found->tensors.at("text_offsets").i64();
    ASSERT_EQ(offsets.size(), 3U) << "the last batch is filled with its own texts";
    EXPECT_EQ(found->axes[Axis::Tokens], offsets[2]);
    EXPECT_EQ(found->axes[Axis::Seq], std::max(offsets[1], offsets[2] - offsets[1]));
    for (const char* name : {"input_ids", "token_type_ids"}) {
      for (std::size_t text = 0; text < 2; ++text) {
        auto row = row_of(*wanted, name, text);
        row.resize(static_cast<std::size_t>(offsets[text + 1] - offsets[text]));
        const auto own =
            found->tensors.at(name).i64().subspan(static_cast<std::size_t>(offsets[text]), row.size());
        EXPECT_THAT(row, ::testing::ElementsAreArray(own.begin(), own.end())) << name << " " << text;
      }
    }
  }
  EXPECT_EQ(packed.counts().truncated, 1U);
}

TEST(EvaluationBatches, RefusesWhatCannotBeJudged) {
  const TemporaryFolder folder;
  const auto file = folder.write("a.csv", "text,label\na,x\nb,z\n");
  const auto check = [&](const ir::OutputSpec& output) {
    return [&file, output] { check_evaluation(file, output); };
  };
  expect_error(ErrorKind::Usage,
               "a.csv: row 2 (line 3): the label \"z\" is none of the model's, which are X, Y",
               check(head(1, {"X", "Y"})));
  expect_error(ErrorKind::Usage, "regression", check(head(1, {"X"})));
  ir::OutputSpec hidden = head(1, {});
  hidden.kind = ir::OutputKind::Hidden;
  expect_error(ErrorKind::Usage, "no classification head", check(hidden));
  const auto empty = folder.write("b.csv", "text,label\n");
  expect_error(ErrorKind::Usage, "no row in it", [&] { check_evaluation(empty, head(1, {"X", "Y"})); });
  const auto wordless = folder.write("c.jsonl", R"({"tokens": [], "tags": []})");
  expect_error(ErrorKind::Usage, "no word in it", [&] { check_evaluation(wordless, head(2, {"O", "B-X"})); });
  EXPECT_EQ(check_evaluation(folder.write("d.csv", "text,label\na,x\n"), head(1, {"X", "Y"})).rows, 1U);
  expect_error(ErrorKind::Usage, "No such file", [&] {
    check_evaluation(folder.path() / "none.csv", head(1, {"X", "Y"}));
  });
}

}  // namespace
}  // namespace medbench
