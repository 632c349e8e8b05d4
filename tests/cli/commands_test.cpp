#include "medbench/commands.hpp"

#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "medbench/help.hpp"
#include "tests/cli/medbench_program.hpp"

namespace medbench {
namespace {

using testing::binary;
using testing::exited;
using ::testing::HasSubstr;

using Program = testing::MedbenchTest;

TEST_F(Program, ListsItsCommands) {
  const auto output = medbench({"--help"});
  EXPECT_EQ(output.status, exited(0));
  EXPECT_EQ(output.out, help_overview());
  EXPECT_EQ(output.err, "");
}

TEST_F(Program, PrintsThePageOfACommand) {
  for (const auto& command : command_table()) {
    const auto output = medbench({std::string(command.name), "--help"});
    EXPECT_EQ(output.status, exited(0));
    EXPECT_EQ(output.out, help_text(command.name));
  }
}

TEST_F(Program, PrintsThatPageForHelpToo) {
  for (const auto& command : command_table())
    EXPECT_EQ(medbench({"help", std::string(command.name)}).out, help_text(command.name));
  EXPECT_EQ(medbench({"help"}).out, help_overview());
  EXPECT_EQ(medbench({"help", "nothing"}).status, exited(2));
}

TEST_F(Program, SuggestsWhatWasMeant) {
  for (const auto& [words, part] : std::vector<std::pair<Words, std::string>>{
           {{"medicl"}, "unknown command medicl: did you mean medical? medbench --help lists them"},
           {{"help", "matirx"}, "did you mean matrix?"},
           {{"xyzzy"}, "unknown command xyzzy; medbench --help lists them"},
           {{"matrix", "--backend", "onnxruntme"}, "unknown, did you mean onnxruntime?; installed: "},
           {{"matrix", "--backend", "onnx"}, "unknown, did you mean onnxruntime?"},
           {{"matrix", "--backend", "xyzzy"}, "--backend xyzzy: unknown; installed: "},
           {{"matrix", "--itres", "3"}, "did you mean --iters?"}}) {
    const auto output = medbench(words);
    EXPECT_EQ(output.status, exited(2)) << output.err;
    EXPECT_EQ(testing::count_lines(output.err), 1U);
    EXPECT_THAT(output.err, HasSubstr(part));
  }
}

TEST_F(Program, HasAProgramForEachAlias) {
  for (const auto& command : command_table()) {
    if (command.alias.empty()) continue;
    const auto output = testing::run_program(options({binary(command.alias), "--help"}));
    EXPECT_EQ(output.out, help_text(command.name));
  }
}

TEST_F(Program, PrintsItsVersion) {
  EXPECT_EQ(medbench({"--version"}).out, "medbench " MEDBENCH_VERSION "\n");
}

TEST_F(Program, ListsModels) {
  const auto text = medbench({"models"});
  EXPECT_EQ(text.status, exited(0));
  EXPECT_THAT(text.out, HasSubstr("emilyalsentzer/Bio_ClinicalBERT"));
  const auto json = medbench({"models", "--json"});
  const Json models = parse_json(json.out, "standard output");
  ASSERT_GE(models.size(), 2U);
  EXPECT_EQ(models[0]["name"], "biobert");
  EXPECT_EQ(models[0]["weights"], "synthetic");
  EXPECT_TRUE(models[0]["folder"].is_null());
  EXPECT_EQ(models[2]["name"], "distilbert");
  EXPECT_EQ(models[2]["family"], "distilbert");
  EXPECT_EQ(models[2]["parameters"], 65'190'912);
  EXPECT_EQ(models[2]["axes"], Json::parse(R"(["batch_size", "seq_length"])"));
  EXPECT_EQ(models[2]["limits"], Json::parse(R"({"seq_length": 512})"));
  EXPECT_EQ(models[2]["config"]["n_layers"], 6);
}

TEST_F(Program, DescribesTheMachineAndItsWorkers) {
  const auto text = medbench({"doctor"});
  EXPECT_EQ(text.status, exited(0)) << text.err;
  EXPECT_THAT(text.out, HasSubstr("device   cpu: scripted"));
  EXPECT_THAT(text.out, ::testing::ContainsRegex("NUMA nodes +[0-9]+ \\(processors [0-9]"));
  const auto json = medbench({"doctor", "--json"});
  const Json report = parse_json(json.out, "standard output");
  EXPECT_GE(report["machine"]["logical_cores"], 1);
  EXPECT_GE(report["machine"]["numa_nodes"], 1);
  std::vector<std::string> names;
  for (const auto& backend : report["backends"]) names.push_back(backend["backend"]);
  EXPECT_THAT(names, ::testing::IsSupersetOf({"fake", "torch"}));
}

TEST_F(Program, SaysWhatToDoWhereNoWorkerIsInstalled) {
  std::filesystem::create_directory(folder().path() / "libexec");
  set_libexec(folder().path() / "libexec");
  const auto output = medbench({"doctor"});
  EXPECT_EQ(output.status, exited(3));
  EXPECT_THAT(output.out, HasSubstr("to do    run make smoke"));
}

TEST_F(Program, ReportsAWorkerThatCrashesWhenAsked) {
  auto crash = options({binary("medbench"), "doctor", "--json"});
  crash.environment.emplace_back("MEDBENCH_FAKE_DESCRIBE", R"({"do":"signal","number":11})");
  const Json report = parse_json(testing::run_program(crash).out, "standard output");
  for (const auto& backend : report["backends"]) {
    if (backend["backend"] != "fake") continue;
    EXPECT_TRUE(backend["devices"].empty());
    EXPECT_THAT(backend["reason"].get<std::string>(), HasSubstr("SIGSEGV"));
  }
}

}  // namespace
}  // namespace medbench
