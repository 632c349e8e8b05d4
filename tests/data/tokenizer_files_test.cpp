#include "data/tokenizer_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "base/json.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using ::testing::ElementsAre;
using testing::expect_error;
using testing::TemporaryFolder;

constexpr std::string_view kVocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nheart\nHeart\ncafé\ncafe\n";

Json tokenizer_json() {
  return Json::parse(R"({
    "added_tokens": [{"id": 9, "content": "<x>", "special": true, "normalized": false}],
    "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null,
                   "lowercase": false},
    "pre_tokenizer": {"type": "BertPreTokenizer"},
    "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}},
        {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[SEP]", "type_id": 0}}]},
    "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "@@",
              "max_input_chars_per_word": 6,
              "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4, "heart": 5, "Heart": 6, "@@s": 7}}
  })");
}

struct BrokenJson {
  const char* pointer;
  Json value;
  ErrorKind kind;
  const char* message;
};

TEST(TokenizerFiles, VocabTxtAloneIsLowerCase) {
  const TemporaryFolder folder;
  folder.write("vocab.txt", kVocabulary);
  EXPECT_THAT(load_tokenizer(folder.path()).encode("Heart CAFÉ[MASK]"), ElementsAre(2, 5, 8, 4, 3));
}

TEST(TokenizerFiles, CapitalsOfAVocabularyThatAreNotUsedAreSaid) {
  const TemporaryFolder folder;
  folder.write("vocab.txt", kVocabulary);
  EXPECT_THAT(load_tokenizer(folder.path()).notes(),
              ElementsAre(::testing::HasSubstr("the vocabulary has capitals, such as \"Heart\"")));
  for (const char* config : {R"({"do_lower_case": true})", R"({"do_lower_case": false})"}) {
    folder.write("tokenizer_config.json", config);
    EXPECT_THAT(load_tokenizer(folder.path()).notes(), ElementsAre());
  }
}

TEST(TokenizerFiles, ConfigDecidesNormalization) {
  const TemporaryFolder folder;
  folder.write("vocab.txt", kVocabulary);
  folder.write("tokenizer_config.json", R"({"do_lower_case": true, "strip_accents": false})");
  EXPECT_THAT(load_tokenizer(folder.path()).encode("Heart CAFÉ"), ElementsAre(2, 5, 7, 3));
  folder.write("tokenizer_config.json", R"({"do_lower_case": false, "strip_accents": null})");
  EXPECT_THAT(load_tokenizer(folder.path()).encode("Heart café"), ElementsAre(2, 6, 7, 3));
  folder.write("tokenizer_config.json", R"({"tokenize_chinese_chars": false})");
  EXPECT_FALSE(load_tokenizer(folder.path()).options().normalization.handle_chinese_chars);
}

TEST(TokenizerFiles, NamesOfSpecialTokens) {
  const TemporaryFolder folder;
  folder.write("vocab.txt", "<pad>\n<unk>\n<s>\n</s>\nheart\n");
  folder.write(
      "tokenizer_config.json",
      R"({"unk_token": "<unk>", "cls_token": {"content": "<s>", "lstrip": false}, "pad_token": "<pad>"})");
  folder.write("special_tokens_map.json", R"({"sep_token": {"content": "</s>"}, "pad_token": "heart"})");
  const BertTokenizer tokenizer = load_tokenizer(folder.path());
  EXPECT_THAT(tokenizer.encode("heart what</s>"), ElementsAre(2, 4, 1, 3, 3));
  EXPECT_EQ(tokenizer.special().padding, 0);
}

TEST(TokenizerFiles, AddedTokensOfTheConfig) {
  const TemporaryFolder folder;
  folder.write("vocab.txt", kVocabulary);
  folder.write("tokenizer_config.json",
               R"({"added_tokens_decoder": {"12": {"content": "[DATE]", "normalized": false}}})");
  // The library numbers it behind the vocabulary, whatever the file says.
  EXPECT_THAT(load_tokenizer(folder.path()).encode("heart[DATE]"), ElementsAre(2, 5, 9, 3));
  const BrokenJson cases[] = {
      {"1x", {{"content", "[DATE]"}}, ErrorKind::Usage, "\"1x\": a row lacks its content or a valid id"},
      {"-1", {{"content", "[DATE]"}}, ErrorKind::Usage, "lacks its content or a valid id"},
      {"", {{"content", "[DATE]"}, {"id", 3}}, ErrorKind::Usage, "lacks its content or a valid id"},
      {"12", {{"normalized", false}}, ErrorKind::Usage, "lacks its content or a valid id"},
      {"12", "[DATE]", ErrorKind::Usage, "every row must be an object"},
      {"12", {{"content", "[DATE]"}, {"normalized", 1}}, ErrorKind::Usage, "\"normalized\""},
  };
  for (const BrokenJson& broken : cases) {
    SCOPED_TRACE(broken.value.dump());
    const Json decoder{{"added_tokens_decoder", {{broken.pointer, broken.value}}}};
    folder.write("tokenizer_config.json", decoder.dump());
    expect_error(broken.kind, broken.message, [&] { load_tokenizer(folder.path()); });
  }
}

TEST(TokenizerFiles, AddedTokensOfTheOlderFile) {
  const TemporaryFolder folder;
  folder.write("vocab.txt", kVocabulary);
  folder.write("added_tokens.json", R"({"<y>": 10, "[DATE]": 9, "cafe": 20})");
  EXPECT_THAT(load_tokenizer(folder.path()).encode("heart [date] <Y> cafecafe"),
              ElementsAre(2, 5, 9, 10, 8, 8, 3));
  folder.write("tokenizer_config.json", R"({"added_tokens_decoder": {"9": {"content": "<y>"}}})");
  EXPECT_THAT(load_tokenizer(folder.path()).encode("<y>"), ElementsAre(2, 9, 3));
  std::filesystem::remove(folder.path() / "tokenizer_config.json");
  folder.write("added_tokens.json", R"({"<y>": -1})");
  expect_error(ErrorKind::Usage, "added_tokens.json: the id of token \"<y>\" is none",
               [&] { load_tokenizer(folder.path()); });
}

TEST(TokenizerFiles, AdditionalSpecialTokens) {
  const TemporaryFolder folder;
  folder.write("vocab.txt", kVocabulary);
  folder.write("special_tokens_map.json", R"({"additional_special_tokens": ["heart", {"content": "<y>"}]})");
  EXPECT_THAT(load_tokenizer(folder.path()).encode("heartheart <y><Y>"), ElementsAre(2, 5, 5, 9, 1, 1, 1, 3));
}

TEST(TokenizerFiles, TokenizerJsonComesFirst) {
  const TemporaryFolder folder;
  folder.write("vocab.txt", "other\n");
  folder.write("tokenizer.json", tokenizer_json().dump());
  // Not lower case, its own prefix, its own limit of six characters, its own added token.
  EXPECT_THAT(load_tokenizer(folder.path()).encode("Hearts heart<x> heartss"),
              ElementsAre(2, 6, 7, 5, 8, 1, 3));
  folder.write("tokenizer_config.json", R"({"do_lower_case": true})");
  EXPECT_THAT(load_tokenizer(folder.path()).encode("Hearts"), ElementsAre(2, 5, 7, 3));
}

TEST(TokenizerFiles, BrokenOrForeignTokenizerJson) {
  const BrokenJson cases[] = {
      {"/model/type", "BPE", ErrorKind::Unsupported, "\"model\" is BPE, not WordPiece"},
      {"/model", nullptr, ErrorKind::Unsupported, "\"model\" is nothing, not WordPiece"},
      {"/model/type", 5, ErrorKind::Usage, "\"type\" has the wrong type"},
      {"/normalizer", nullptr, ErrorKind::Unsupported, "\"normalizer\" is nothing, not BertNormalizer"},
      {"/normalizer/lowercase", 1, ErrorKind::Usage, "\"lowercase\" has the wrong type"},
      {"/pre_tokenizer/type", "ByteLevel", ErrorKind::Unsupported, "\"pre_tokenizer\" is ByteLevel"},
      {"/post_processor/type", "RobertaProcessing", ErrorKind::Unsupported, "not BERT's template"},
      {"/post_processor/single", Json::array(), ErrorKind::Unsupported, "not BERT's template"},
      {"/model/vocab", Json::object(), ErrorKind::Usage, "at least one token"},
      {"/model/vocab", Json::array(), ErrorKind::Usage, "at least one token"},
      {"/model/vocab/heart", "5", ErrorKind::Usage, "the id of token \"heart\" is no integer"},
      {"/model/vocab/heart", -3, ErrorKind::Usage, "the id -3, which is no token id"},
      {"/model/vocab/heart", std::uint64_t{1} << 63U, ErrorKind::Usage, "which is no token id"},
      {"/model/unk_token", "[what]", ErrorKind::Usage, "special token \"[what]\" is not in the vocabulary"},
      {"/model/max_input_chars_per_word", 0, ErrorKind::Usage, "from 1 to 10000, found 0"},
      {"/added_tokens", "x", ErrorKind::Usage, "\"added_tokens\" must be an array"},
      {"/added_tokens/0", 1, ErrorKind::Usage, "every row must be an object"},
      {"/added_tokens/0/id", -1, ErrorKind::Usage, "lacks its content or a valid id"},
      {"/added_tokens/0/single_word", 1, ErrorKind::Usage, "\"single_word\""},
  };
  const TemporaryFolder folder;
  for (const BrokenJson& broken : cases) {
    SCOPED_TRACE(broken.pointer);
    Json json = tokenizer_json();
    json[Json::json_pointer(broken.pointer)] = broken.value;
    folder.write("tokenizer.json", json.dump());
    expect_error(broken.kind, broken.message, [&] { load_tokenizer(folder.path()); });
  }
}

TEST(TokenizerFiles, ErrorsOfFiles) {
  const TemporaryFolder folder;
  expect_error(ErrorKind::Usage, "no tokenizer here: looked for tokenizer.json and vocab.txt",
               [&] { load_tokenizer(folder.path()); });
  folder.write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n");
  expect_error(ErrorKind::Usage, "special token \"[SEP]\" is not in the vocabulary",
               [&] { load_tokenizer(folder.path()); });
  folder.write("vocab.txt", kVocabulary);
  folder.write("tokenizer_config.json", "[]");
  expect_error(ErrorKind::Usage, "tokenizer_config.json: expected an object",
               [&] { load_tokenizer(folder.path()); });
  folder.write("tokenizer_config.json", R"({"do_lower_case": "yes"})");
  expect_error(ErrorKind::Usage, "\"do_lower_case\"", [&] { load_tokenizer(folder.path()); });
  folder.write("tokenizer_config.json", R"({"added_tokens_decoder": {"3": "[SEP]"}})");
  expect_error(ErrorKind::Usage, "\"added_tokens_decoder\"", [&] { load_tokenizer(folder.path()); });
  folder.write("tokenizer_config.json", "{");
  expect_error(ErrorKind::Usage, "not valid JSON", [&] { load_tokenizer(folder.path()); });
}

}  // namespace
}  // namespace medbench
