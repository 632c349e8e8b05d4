// The program, a hub on this machine, and nothing in the cache.
#pragma once

#include <filesystem>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

#include "base/file.hpp"
#include "tests/cli/checkpoint_folder.hpp"
#include "tests/hub/fake_hub.hpp"

namespace medbench::testing {

namespace fs = std::filesystem;

inline constexpr const char* kId = "monologg/biobert_v1.1_pubmed";
inline constexpr const char* kNoHub = "http://127.0.0.1:1";

// The first model that has a name, as a tiny one, and nothing of it in the cache.
class HubProgram : public CheckpointFolder {
 protected:
  HubProgram() {
    for (const char* name : {"config.json", "vocab.txt"})
      hub.add(name, read_text_file(fs::path(model()) / name));
    hub.add("model.safetensors", read_text_file(fs::path(model()) / "model.safetensors"), true);
  }

  [[nodiscard]] ProgramOutput run_with(
      const Words& words, std::vector<std::pair<std::string, std::string>> more = {},
      const std::function<void(const ProgramOutput&, const Subprocess&)>& watch = {}) const {
    Words all{binary("medbench")};
    all.insert(all.end(), words.begin(), words.end());
    auto settings = options(all);
    more.insert(more.begin(),
                {{"HF_HUB_OFFLINE", ""}, {"HF_ENDPOINT", hub.url()}, {"HF_HOME", folder().path().string()}});
    for (const auto& own : more) {  // the last of a name
      std::erase_if(settings.environment, [&](const auto& variable) { return variable.first == own.first; });
      settings.environment.push_back(own);
    }
    return run_program(settings, watch);
  }
  [[nodiscard]] Words medical(const Words& more = {}) const {
    Words words{"medical",
                "--backend",
                "fake",
                "--device",
                "cpu",
                "--num-iterations",
                "2",
                "--seq-lengths",
                "8",
                "--output-dir",
                output().string(),
                "--model",
                "biobert",
                "--json",
                "--backend-option",
                "script={\"model\":true}"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  static Json row(const ProgramOutput& output) {
    EXPECT_EQ(output.status, exited(0)) << output.err;
    return parse_json(output.out, "standard output").at(0);
  }
  void expect_error(const ProgramOutput& output, int code, const std::string& complaint) const {
    EXPECT_EQ(output.status, exited(code)) << output.err;
    EXPECT_THAT(output.err, ::testing::HasSubstr(complaint));
    EXPECT_EQ(output.out, "");
    EXPECT_EQ(count_lines(output.err), 1U) << output.err;
  }
  [[nodiscard]] fs::path entry() const {
    return folder().path() / "hub/models--monologg--biobert_v1.1_pubmed";
  }
  [[nodiscard]] fs::path snapshot() const { return entry() / "snapshots" / hub.commit(); }

  FakeHub hub{kId};
};

}  // namespace medbench::testing
