// Where models and files are looked for: the hub cache in every state, and paths with ~ in them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/checkpoint_folder.hpp"

namespace medbench {
namespace {

namespace fs = std::filesystem;

using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::exited;
using ::testing::HasSubstr;
using ::testing::Not;

// An entry of the first model that has a name.
class HubCache : public testing::CheckpointFolder {
 protected:
  [[nodiscard]] fs::path entry() const {
    return folder().path() / "hub/models--monologg--biobert_v1.1_pubmed";
  }
  void write(const std::string& name, std::string_view content) const {
    folder().write("hub/models--monologg--biobert_v1.1_pubmed/" + name, content);
  }
  void add_snapshot(const std::string& name) const {
    fs::create_directories(entry() / "snapshots");
    fs::copy(model(), entry() / "snapshots" / name);
  }
  // The row of the model under its name.
  [[nodiscard]] Result named_row() const {
    const auto output = medbench(words({"--json"}));
    EXPECT_EQ(output.status, exited(0)) << output.err;
    return result_from_json(parse_json(output.out, "standard output").at(0));
  }
  void expect_required_fails(const std::string& complaint) const {
    const auto output = medbench(words({"--weights", "require"}));
    EXPECT_EQ(output.status, exited(2));
    EXPECT_THAT(output.err, AllOf(HasSubstr("--weights require"), HasSubstr(complaint)));
  }
  void expect_taken(const std::string& snapshot, const std::string& problem) const {
    const Result row = named_row();
    EXPECT_EQ(row.weights_source, "checkpoint");
    EXPECT_EQ(row.job.work.model.folder, (entry() / "snapshots" / snapshot).string());
    EXPECT_THAT(row.notes, ElementsAre(AllOf(HasSubstr(problem), HasSubstr("snapshots/" + snapshot))));
    expect_required_fails(problem);
  }

 private:
  [[nodiscard]] Words words(const Words& more) const {
    Words all{"medical",
              "--backend",
              "fake",
              "--device",
              "cpu",
              "--num-iterations",
              "2",
              "--model",
              "biobert",
              "--seq-lengths",
              "8",
              "--output-dir",
              output().string(),
              "--backend-option",
              "script={\"model\":true}"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
};

TEST_F(HubCache, WithABrokenRefGoesOnWithASnapshotThatIsWhole) {
  write("snapshots/aaa/config.json", "{}");
  add_snapshot("bbb");
  for (const auto& [ref, problem] :
       {std::pair{"ccc", "refs/main names the snapshot 'ccc', which is not there"},
        std::pair{"", "refs/main is empty"}}) {
    write("refs/main", ref);
    expect_taken("bbb", problem);
  }
}

TEST_F(HubCache, WithSeveralSnapshotsAndNoRefGoesOnWithOneThatIsWhole) {
  add_snapshot("bbb");
  add_snapshot("aaa");
  expect_taken("aaa", "2 snapshots and no refs/main that says which one");
}

TEST_F(HubCache, WithoutASnapshotThatIsWholeGivesSyntheticWeights) {
  write("refs/main", "ccc");
  write("snapshots/aaa/config.json", "{}");
  fs::create_symlink("../../blobs/abc", entry() / "snapshots/aaa/model.safetensors");
  const std::string link = (entry() / "snapshots/aaa/model.safetensors").string() +
                           " is a link to ../../blobs/abc, which is not there";
  const Result row = named_row();
  EXPECT_EQ(row.weights_source, "synthetic");
  EXPECT_THAT(row.notes,
              ElementsAre(AllOf(HasSubstr("SYNTHETIC WEIGHTS"), HasSubstr("'ccc'"), HasSubstr(link))));
  expect_required_fails("refs/main names the snapshot 'ccc', which is not there");
  EXPECT_THAT(medbench({"models"}).out, HasSubstr(link));
}

TEST_F(HubCache, OfAnUnnamedModelIsTheSame) {
  fs::create_directories(folder().path() / "hub/models--org--tiny/snapshots");
  fs::copy(model(), folder().path() / "hub/models--org--tiny/snapshots/aaa");
  folder().write("hub/models--org--tiny/refs/main", "bbb");
  const auto output =
      medbench({"medical", "--backend", "fake", "--device", "cpu", "--num-iterations", "2", "--seq-lengths",
                "8", "--output-dir", this->output().string(), "--model", "org/tiny"});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.err, HasSubstr("org/tiny: "));
  EXPECT_THAT(output.err, HasSubstr("goes on with"));
}

class HomePaths : public testing::CheckpointFolder {
 protected:
  [[nodiscard]] testing::ProgramOutput at_home(const Words& more) const {
    Words words{testing::binary("medbench")};
    words.insert(words.end(), more.begin(), more.end());
    auto settings = options(words);
    settings.environment.emplace_back("HOME", folder().path().string());
    return testing::run_program(settings);
  }
};

TEST_F(HomePaths, AreExpandedBehindAnEqualsSign) {
  folder().write("notes.txt", "word5\n");
  const auto output = at_home({"medical", "--backend=fake", "--device=cpu", "--num-iterations=2",
                               "--seq-lengths=8", "--model=~/model", "--text=~/notes.txt",
                               "--output-dir=~/out", "--save-outputs=~/saved", "--quiet"});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_EQ(files().size(), 1U);
  EXPECT_TRUE(fs::is_directory(folder().path() / "saved"));
  EXPECT_FALSE(fs::exists("~"));
  const auto missing = at_home({"matrix", "--backend=fake", "--int8", "--deployment=~/none.json",
                                "--models=~/model", "--seq-length=8"});
  EXPECT_THAT(missing.err, HasSubstr((folder().path() / "none.json").string()));
  const auto library = at_home(
      {"matrix", "--backend=onnxruntime", "--ort-library=~/none.so", "--models=~/model", "--resume=~/none"});
  EXPECT_THAT(library.err, HasSubstr((folder().path() / "none").string()));
  const auto baseline = at_home({"ab", "--baseline=~/none", "--output-root=~/ab"});
  EXPECT_THAT(baseline.err, HasSubstr((folder().path() / "none").string()));
  const auto compared = at_home({"compare", "~/a.json", "~/b.json", "--markdown=~/x.md"});
  EXPECT_THAT(compared.err, HasSubstr((folder().path() / "a.json").string()));
}

TEST_F(HomePaths, AreExpandedInADeploymentFile) {
  folder().write("static.json", R"({"quantization_method": "static", "calibration_file": "~/notes.txt"})");
  const auto output =
      at_home({"matrix", "--backend=fake", "--device=cpu", "--int8", "--deployment=~/static.json",
               "--models=~/model", "--seq-length=8", "--dry-run", "--json"});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.out, HasSubstr("\"" + (folder().path() / "notes.txt").string() + "\""));
}

TEST_F(HomePaths, OfTheHubCacheAreThoseOfItsOwnLibrary) {
  const auto where = [&](std::vector<std::pair<std::string, std::string>> environment) {
    auto settings = options({"env", "-u", "HF_HUB_CACHE", testing::binary("medbench"), "models"});
    settings.environment = std::move(environment);
    return testing::run_program(settings).out;
  };
  EXPECT_THAT(where({{"HOME", "/h"}, {"HF_HOME", "$HOME/hf"}}), HasSubstr("hub cache /h/hf/hub;"));
  EXPECT_THAT(where({{"HOME", "/h"}, {"HF_HOME", "/x"}, {"HUGGINGFACE_HUB_CACHE", "~/old"}}),
              HasSubstr("hub cache /h/old;"));
  EXPECT_THAT(where({{"HOME", ""}, {"HF_HOME", ""}, {"XDG_CACHE_HOME", ""}}),
              Not(HasSubstr("hub cache /.cache")));
}

}  // namespace
}  // namespace medbench
