// The tokenizer against ids that the Hugging Face library gave for the same texts (transformers 5.23,
// tokenizers 0.23.3).
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "data/tokenizer_files.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

namespace fs = std::filesystem;

// Every case: "text", perhaps "repeat", and the ids with [CLS] and [SEP] under "uncased" and "cased".
void expect_ids(const BertTokenizer& tokenizer, const std::string& key) {
  const Json cases = read_json_file(testing::source_folder() / "tests/golden/tokenizer_cases.json");
  ASSERT_GT(cases.size(), 60U);
  for (const Json& row : cases) {
    const auto unit = row.at("text").get<std::string>();
    std::string text;
    for (int i = 0; i < row.value("repeat", 1); ++i) text += unit;
    EXPECT_EQ(tokenizer.encode(text), row.at(key).get<std::vector<std::int64_t>>()) << row.at("text");
  }
}

TEST(TokenizerGolden, UncasedFromTokenizerJson) {
  expect_ids(load_tokenizer(testing::minilm_folder()), "uncased");
}

TEST(TokenizerGolden, UncasedFromVocabTxtAlone) {
  const testing::TemporaryFolder folder;
  fs::copy_file(testing::minilm_folder() / "vocab.txt", folder.path() / "vocab.txt");
  expect_ids(load_tokenizer(folder.path()), "uncased");
}

TEST(TokenizerGolden, CasedByTokenizerConfig) {
  const testing::TemporaryFolder folder;
  fs::copy_file(testing::minilm_folder() / "vocab.txt", folder.path() / "vocab.txt");
  folder.write("tokenizer_config.json", R"({"do_lower_case": false})");
  expect_ids(load_tokenizer(folder.path()), "cased");
}

// transformers 4.44.2 and 5.24.0 agree on these.
TEST(TokenizerGolden, AddedTokensWithEveryFlag) {
  const Json golden = read_json_file(testing::source_folder() / "tests/golden/tokenizer_added_tokens.json");
  const testing::TemporaryFolder folder;
  std::string vocabulary;
  for (const Json& token : golden.at("vocabulary")) vocabulary += token.get<std::string>() + "\n";
  folder.write("vocab.txt", vocabulary);
  folder.write("tokenizer_config.json", golden.at("config").dump());
  const BertTokenizer tokenizer = load_tokenizer(folder.path());
  ASSERT_GT(golden.at("cases").size(), 100U);
  for (const Json& row : golden.at("cases"))
    EXPECT_EQ(tokenizer.encode(row[0].get<std::string>()), row[1].get<std::vector<std::int64_t>>()) << row[0];
}

}  // namespace
}  // namespace medbench
