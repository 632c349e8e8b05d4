// The medbench program with the fake worker, for the tests that run it.
#pragma once

#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "job/result.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench::testing {

inline std::string binary(std::string_view name) {
  return (build_folder() / "bin" / name).string();
}

// A folder for output and one for an empty hub cache, so that no model of this machine is found.
class MedbenchTest : public ::testing::Test {
 protected:
  using Words = std::vector<std::string>;

  [[nodiscard]] std::filesystem::path output() const { return folder_.path() / "out"; }
  [[nodiscard]] const TemporaryFolder& folder() const { return folder_; }

  [[nodiscard]] ProcessOptions options(const Words& words) const {
    return {
        .argv = words,
        .environment = {{"HF_HUB_CACHE", (folder_.path() / "hub").string()}, {"MEDBENCH_LIBEXEC", libexec_}}};
  }
  [[nodiscard]] ProgramOutput medbench(Words words) const {
    words.insert(words.begin(), binary("medbench"));
    return run_program(options(words));
  }
  // `medbench medical` with the fake worker and a model of one operation. `script` holds more keys:
  // "\"sleep_ms\": 3".
  [[nodiscard]] Words fake_medical(const Words& more, const std::string& script = {}) const {
    Words words{binary("medbench"), "medical",
                "--backend",        "fake",
                "--device",         "cpu",
                "--output-dir",     output().string(),
                "--seq-lengths",    "16",
                "--backend-option", "script={\"model\":false" + (script.empty() ? "" : "," + script) + "}"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  [[nodiscard]] ProgramOutput run_fake_medical(const Words& more, const std::string& script = {}) const {
    return run_program(options(fake_medical(more, script)));
  }

  // What a run with --json printed.
  [[nodiscard]] static std::vector<Result> rows_of(const ProgramOutput& run) {
    std::vector<Result> rows;
    for (const Json& json : parse_json(run.out, "standard output")) rows.push_back(result_from_json(json));
    return rows;
  }
  // Of results.
  [[nodiscard]] std::vector<std::filesystem::path> files() const {
    std::vector<std::filesystem::path> found;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(output(), ignored)) {
      if (entry.path().filename().string().starts_with("medical_")) found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  void set_libexec(const std::filesystem::path& path) { libexec_ = path.string(); }

 private:
  TemporaryFolder folder_;
  std::string libexec_ = libexec_folder().string();
};

inline std::size_t count_lines(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

inline constexpr ExitStatus exited(int code) {
  return {ExitStatus::Kind::Exited, code};
}

}  // namespace medbench::testing

namespace medbench {

inline std::ostream& operator<<(std::ostream& out, const ExitStatus& status) {
  return out << to_string(status);
}

}  // namespace medbench
