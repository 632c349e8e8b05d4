// A tiny checkpoint with a vocabulary, for the tests that run the program on one.
#pragma once

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "job/result.hpp"
#include "tests/cli/medbench_program.hpp"
#include "tests/models/tiny_model.hpp"

namespace medbench::testing {

class CheckpointFolder : public MedbenchTest {
 protected:
  CheckpointFolder() {
    write_model(folder(), "model", tiny_bert_config());
    std::string vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";
    for (int i = 5; i < 120; ++i) vocabulary += "word" + std::to_string(i) + "\n";
    folder().write("model/vocab.txt", vocabulary);
  }

  [[nodiscard]] std::string model() const { return (folder().path() / "model").string(); }

  [[nodiscard]] ProgramOutput run(const Words& more) const {
    Words words{"medical", "--backend", "fake", "--device", "cpu", "--model", model()};
    const auto add = [&](const char* name, const std::string& value) {
      if (std::find(more.begin(), more.end(), name) == more.end()) words.insert(words.end(), {name, value});
    };
    add("--num-iterations", "2");
    add("--output-dir", output().string());
    add("--seq-lengths", "8");
    words.insert(words.end(), more.begin(), more.end());
    return medbench(words);
  }
  // The one row of a run that is ok.
  [[nodiscard]] Result measured(Words more) const {
    more.emplace_back("--json");
    const auto output = run(more);
    EXPECT_EQ(output.status, exited(0)) << output.err;
    return result_from_json(parse_json(output.out, "standard output").at(0));
  }

  void expect_refused(const Words& more, const std::string& complaint, int code = 2) const {
    const auto output = run(more);
    EXPECT_EQ(output.status, exited(code));
    EXPECT_EQ(output.out, "");
    EXPECT_EQ(count_lines(output.err), 1U) << output.err;
    EXPECT_THAT(output.err, ::testing::HasSubstr(complaint));
    EXPECT_TRUE(files().empty());
  }
};

}  // namespace medbench::testing
