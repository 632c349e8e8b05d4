// `medbench matrix` with workers that need no runtime: "torch" is the reference interpreter, "openvino" the
// fake.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "job/result.hpp"
#include "tests/cli/medbench_program.hpp"
#include "tests/models/tiny_model.hpp"
#include "tests/support/paths.hpp"

namespace medbench::testing {

class MatrixTest : public MedbenchTest {
 protected:
  MatrixTest() {
    write_model(folder(), "model", tiny_bert_config());
    install("torch", "reference");
    install("openvino", "fake");
    set_libexec(folder().path() / "libexec");
  }

  void install(const std::string& name, const std::string& real, const std::string& before_run = "") const {
    const auto worker = (libexec_folder() / ("worker-" + real)).string();
    const auto path =
        folder().write("libexec/worker-" + name, "#!/bin/sh\nif [ \"$1\" = describe ]; then '" + worker +
                                                     "' describe | sed 's/\"backend\":\"" + real +
                                                     "\"/\"backend\":\"" + name + "\"/'; exit 0; fi\n" +
                                                     before_run + "\nexec '" + worker + "' \"$@\"\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }
  void uninstall(const std::string& name) const {
    std::filesystem::remove(folder().path() / "libexec" / ("worker-" + name));
  }

  [[nodiscard]] std::string model() const { return (folder().path() / "model").string(); }
  [[nodiscard]] Words matrix_words(const Words& more) const {
    Words words{binary("medbench"), "matrix", "--models", model(), "--seq-length", "8"};
    const auto given = [&](const char* option) {
      return std::find(more.begin(), more.end(), option) != more.end();
    };
    if (!given("--resume")) words.insert(words.end(), {"--output-root", output().string()});
    if (!given("--backend")) words.insert(words.end(), {"--backend", "torch", "openvino"});
    if (!given("--iters")) words.insert(words.end(), {"--iters", "4", "--warmup", "1"});
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  [[nodiscard]] ProgramOutput matrix(const Words& more = {}) const {
    return run_program(options(matrix_words(more)));
  }

  // The one folder hardware_matrix below the root; empty when there is none.
  [[nodiscard]] std::filesystem::path matrix_folder() const {
    std::error_code none;
    for (const auto& day : std::filesystem::directory_iterator(output(), none))
      return day.path() / "hardware_matrix";
    return {};
  }
  [[nodiscard]] std::vector<std::filesystem::path> result_files() const {
    std::vector<std::filesystem::path> found;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(matrix_folder(), none)) {
      if (entry.path().filename().string().starts_with("matrix_")) found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    return found;
  }
  [[nodiscard]] static std::vector<Result> results_of(const ProgramOutput& output) {
    std::vector<Result> results;
    for (const auto& json : parse_json(output.out, "standard output"))
      results.push_back(result_from_json(json));
    return results;
  }
  [[nodiscard]] Json summary() const { return read_json_file(matrix_folder() / "summary.json"); }
};

}  // namespace medbench::testing
