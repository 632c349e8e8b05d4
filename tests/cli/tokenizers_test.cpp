// Vocabularies and tokenizers as models come with them: the ids are those of transformers 4.44 and 5.24.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/safetensors.hpp"
#include "tests/cli/checkpoint_folder.hpp"

namespace medbench {
namespace {

using ::testing::ElementsAre;
using testing::exited;
using ::testing::HasSubstr;
using ::testing::Not;

class Tokenizers : public testing::CheckpointFolder {
 protected:
  Tokenizers() {
    write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nheart\nHeart\nA\n##B\na\n##b\nZoo\n");
  }

  void write(const std::string& name, std::string_view content) const {
    folder().write("model/" + name, content);
  }
  [[nodiscard]] Words on(std::string_view text) const {
    return {"--text", folder().write("notes.txt", text).string()};
  }
  // Those that the worker gave to the model, without padding.
  [[nodiscard]] std::vector<float> ids(std::string_view text) const {
    Words words = on(text);
    const auto saved = folder().path() / "saved";
    std::filesystem::remove_all(saved);
    words.insert(words.end(), {"--backend", "reference", "--save-outputs", saved.string(), "--json"});
    words.insert(words.begin(), {"medical", "--device", "cpu", "--num-iterations", "1", "--seq-lengths", "10",
                                 "--output-dir", output().string(), "--model", model()});
    const auto done = medbench(words);
    EXPECT_EQ(done.status, exited(0)) << done.err;
    if (!std::filesystem::exists(saved)) return {};
    const SafetensorsFile file(std::filesystem::directory_iterator(saved)->path());
    std::vector<float> found = to_float(file.tensors().at("input_ids"));
    while (!found.empty() && found.back() == 0) found.pop_back();
    return found;
  }
};

TEST_F(Tokenizers, ACasedVocabularyAloneIsLowerCasedWithANote) {
  EXPECT_THAT(ids("Heart heart AB\n"), ElementsAre(2, 5, 5, 9, 10, 3));
  const auto output = run(on("Heart heart AB\n"));
  EXPECT_THAT(output.err, HasSubstr("the vocabulary has capitals, such as \"Heart\"; to keep them, put a "
                                    "tokenizer_config.json with {\"do_lower_case\": false} beside it\n"));
  EXPECT_THAT(measured(on("Heart\n")).notes, ElementsAre(HasSubstr("put into lower case")));
  write("tokenizer_config.json", R"({"do_lower_case": false})");
  EXPECT_THAT(ids("Heart heart AB\n"), ElementsAre(2, 6, 5, 7, 8, 3));
  EXPECT_THAT(run(on("Heart\n")).err, Not(HasSubstr("capitals")));
}

TEST_F(Tokenizers, TheLastOfEqualTokensCounts) {
  write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nheart\nlung\nheart\n");
  EXPECT_THAT(ids("heart lung\n"), ElementsAre(2, 7, 6, 3));
}

TEST_F(Tokenizers, AddedTokensWithFlagsAreRead) {
  write("tokenizer_config.json",
        R"({"do_lower_case": true, "added_tokens_decoder":
            {"12": {"content": "Zoo", "lstrip": true, "rstrip": true, "single_word": true, "normalized": true}}})");
  EXPECT_THAT(ids("heart  zoo a\n"), ElementsAre(2, 5, 11, 9, 3));
  EXPECT_THAT(ids("a zoob\n"), ElementsAre(2, 9, 1, 3));
  std::filesystem::remove(folder().path() / "model/tokenizer_config.json");
  write("added_tokens.json", R"({"[DATE]": 12, "<y>": 13})");
  EXPECT_THAT(ids("a [date]<Y>\n"), ElementsAre(2, 9, 12, 13, 3));
}

}  // namespace
}  // namespace medbench
