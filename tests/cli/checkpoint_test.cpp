// A checkpoint and a file of texts, good and broken, as the user meets them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "data/safetensors.hpp"
#include "job/result.hpp"
#include "tests/cli/checkpoint_folder.hpp"

namespace medbench {
namespace {

using testing::exited;
using ::testing::HasSubstr;

using testing::CheckpointFolder;

TEST_F(CheckpointFolder, IsMeasured) {
  const auto output = run({"--json"});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  const Result result = result_from_json(parse_json(output.out, "standard output")[0]);
  EXPECT_EQ(result.weights_source, "checkpoint");
  EXPECT_EQ(result.inputs_source, "random");
}

TEST_F(CheckpointFolder, IsMeasuredOnTexts) {
  const auto notes = folder().write("notes.csv", "id,note\n1,word5 word6\n2,word7\n");
  const auto output = run({"--json", "--text", notes.string(), "--text-column", "note", "--pad", "longest"});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  const Result result = result_from_json(parse_json(output.out, "standard output")[0]);
  EXPECT_EQ(result.inputs_source, "text");
  EXPECT_EQ(result.job.work.text()->padding, Padding::Longest);
  EXPECT_TRUE(result.metrics.get("useful_tokens_per_second").has_value());
}

// The interpreter runs it, so that its outputs are those of the graph.
TEST_F(CheckpointFolder, OfADistilBertClassifierIsMeasuredOnTexts) {
  Json config = testing::tiny_distilbert_config();
  config["architectures"] = {"DistilBertForSequenceClassification"};
  config["id2label"] = {{"0", "benign"}, {"1", "malignant"}, {"2", "unclear"}};
  testing::write_model(folder(), "model", config);
  const auto notes = folder().write("notes.txt", "word5 word6 word7\nword8\n");
  const auto saved = folder().path() / "saved";
  const auto output = medbench({"medical",
                                "--backend",
                                "reference",
                                "--device",
                                "cpu",
                                "--num-iterations",
                                "2",
                                "--warmup-iterations",
                                "1",
                                "--batch-sizes",
                                "2",
                                "--seq-lengths",
                                "8",
                                "--output-dir",
                                this->output().string(),
                                "--model",
                                model(),
                                "--json",
                                "--text",
                                notes.string(),
                                "--save-outputs",
                                saved.string()});
  ASSERT_EQ(output.status, exited(0)) << output.err;
  const Result result = result_from_json(parse_json(output.out, "standard output")[0]);
  EXPECT_EQ(result.status, Status::Ok);
  EXPECT_EQ(result.weights_source, "checkpoint");
  EXPECT_EQ(result.inputs_source, "text");
  ASSERT_TRUE(std::filesystem::exists(saved)) << output.err;
  const SafetensorsFile file(std::filesystem::directory_iterator(saved)->path());
  EXPECT_EQ(file.tensors().size(), 3U) << "there are texts for one batch";
  EXPECT_EQ(file.tensors().at("output").shape, (std::vector<std::int64_t>{2, 3}));
  const auto mask = to_float(file.tensors().at("attention_mask"));
  EXPECT_THAT(mask, ::testing::ElementsAre(1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0));
  EXPECT_EQ(to_float(file.tensors().at("input_ids"))[1], 5);
}

TEST_F(CheckpointFolder, RefusesASequenceLongerThanItsPositions) {
  expect_refused({"--seq-lengths", "8", "11"}, "--seq-lengths 11: " + model() + " takes at most 10");
}

TEST_F(CheckpointFolder, RefusesABrokenConfiguration) {
  for (const char* content :
       {"", "{", R"({"model_type": "gpt2"})", R"({"model_type": "bert", "hidden_size": 1e30})"}) {
    folder().write("model/config.json", content);
    expect_refused({}, "config.json");
  }
  std::filesystem::remove(folder().path() / "model/config.json");
  expect_refused({}, "config.json");
}

TEST_F(CheckpointFolder, RefusesTruncatedWeights) {
  const std::string whole = read_text_file(folder().path() / "model/model.safetensors");
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{4}, std::size_t{8}, std::size_t{100}, whole.size() - 1}) {
    folder().write("model/model.safetensors", std::string_view(whole).substr(0, size));
    expect_refused({}, "model.safetensors");
  }
}

TEST_F(CheckpointFolder, RefusesAFileOfTextsThatIsNone) {
  const auto refused = [&](const std::string& name, std::string_view content, const Words& more = {}) {
    Words words{"--text", folder().write(name, content).string()};
    words.insert(words.end(), more.begin(), more.end());
    expect_refused(words, name);
  };
  refused("empty.txt", "");
  refused("blank.txt", "\n \n");
  refused("binary.txt", std::string_view("a\0b\n", 4));
  refused("broken.txt", "caf\xE9\n");
  refused("a.csv", "id,note\n1,word5\n", {"--text-column", "text"});
  refused("b.csv", "id,note\n1,word5\n");
  refused("c.jsonl", "{\"text\": \"word5\"}\n", {"--text-column", "note"});
  expect_refused({"--text", folder().path().string()}, folder().path().string());
}

TEST_F(CheckpointFolder, RefusesTextsWithoutATokenizer) {
  const auto notes = folder().write("notes.txt", "word5\n").string();
  std::filesystem::remove(folder().path() / "model/vocab.txt");
  expect_refused({"--text", notes}, "vocab.txt");
  const auto output = medbench({"medical", "--backend", "fake", "--text", notes});
  EXPECT_EQ(output.status, exited(2));
  EXPECT_THAT(output.err, HasSubstr("has no tokenizer"));
}

}  // namespace
}  // namespace medbench
