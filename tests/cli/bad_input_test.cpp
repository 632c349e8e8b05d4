#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <ostream>
#include <unistd.h>

#include "tests/cli/medbench_program.hpp"

namespace medbench {
namespace {

using testing::binary;
using testing::count_lines;
using testing::exited;
using ::testing::HasSubstr;
using testing::ProgramOutput;
using ::testing::StartsWith;

struct BadCase {
  std::vector<std::string> arguments;
  std::string complaint;  // a part of the one line
  friend std::ostream& operator<<(std::ostream& out, const BadCase& bad) {
    return out << ::testing::PrintToString(bad.arguments);
  }
};

class BadInput : public testing::MedbenchTest {
 protected:
  void expect_one_line(const ProgramOutput& output, int code, const std::string& complaint) const {
    EXPECT_EQ(output.status, exited(code));
    EXPECT_EQ(output.out, "");
    EXPECT_THAT(output.err, StartsWith("medbench: error: "));
    EXPECT_EQ(count_lines(output.err), 1U) << output.err;
    EXPECT_THAT(output.err, HasSubstr(complaint));
    EXPECT_TRUE(files().empty()) << "something ran";
  }
};

class BadOptions : public BadInput, public ::testing::WithParamInterface<BadCase> {};

TEST_P(BadOptions, GiveOneLineAndExitCodeTwo) {
  expect_one_line(medbench(GetParam().arguments), 2, GetParam().complaint);
}

INSTANTIATE_TEST_SUITE_P(
    Program, BadOptions,
    ::testing::Values(BadCase{{}, "no command"}, BadCase{{"medicine"}, "unknown command medicine"},
                      BadCase{{"--frobnicate"}, "unknown command --frobnicate"},
                      BadCase{{"doctor", "--frobnicate"}, "--frobnicate"},
                      BadCase{{"doctor", "stray"}, "unexpected argument stray"},
                      BadCase{{"models", "--frobnicate"}, "--frobnicate"},
                      BadCase{{"compare", "one.json"}, "CANDIDATE is missing"},
                      BadCase{{"compare", "/nowhere/a.json", "/nowhere/b.json"}, "/nowhere/a.json"}));

std::vector<BadCase> bad_medical_options() {
  std::vector<BadCase> cases;
  const auto add = [&](const std::string& option, const std::string& value, const std::string& complaint) {
    cases.push_back({{"medical", option, value}, complaint});
  };
  for (const char* option : {"--num-iterations", "--batch-sizes", "--seq-lengths", "--threads"}) {
    for (const char* value : {"0", "-1", "abc", "1.5", "1e9", "99999999999999999999", "4294967297"})
      add(option, value, option);
  }
  for (const char* value : {"-1", "x", "1000000001"})
    add("--warmup-iterations", value, "--warmup-iterations");
  for (const char* value : {"-1", "x", "18446744073709551616"}) add("--seed", value, "--seed");
  for (const char* value : {"0", "-1", "x", "nan", "inf", "1e300"}) {
    for (const char* option : {"--time-budget", "--load-timeout", "--compile-timeout", "--run-timeout"})
      add(option, value, option);
  }
  add("--precision", "fp8", "--precision fp8: unknown; give one of: fp32, fp16, bf16");
  add("--device", "abacus", "--device abacus: unknown; give all, cpu, cuda, tpu");
  add("--device", "cuda:x", "--device cuda:x");
  add("--weights", "none", "--weights none");
  add("--timed-region", "everything", "--timed-region everything");
  add("--backend", "abacus", "--backend abacus: unknown");
  add("--backend", "../../bin/sh", "--backend ../../bin/sh: unknown");
  add("--backend-option", "novalue", "--backend-option novalue");
  add("--cuda-graphs", "yes", "--cuda-graphs yes: unknown; give one of: auto, on, off");
  add("--model", "nobert", "--model nobert");
  add("--model", "/nowhere/model", "--model /nowhere/model");
  add("--seq-lengths", "513", "--seq-lengths 513");
  add("--text-column", "note", "--text-column needs --text");
  add("--pad", "longest", "--pad needs --text");
  add("--batch-order", "length", "--batch-order needs --text");
  add("--batch-order", "random", "--batch-order random: unknown; give one of: given, length");
  add("--text-batches", "4", "--text-batches needs --text");
  add("--pad", "none", "--pad needs --text");
  add("--pad", "short", "--pad short: unknown; give one of: fixed, longest, none");
  add("--text", "/nowhere/notes.txt", "--text");
  add("--dataset-csv", "a.csv", "--dataset-csv needs --test-accuracy");
  cases.push_back({{"medical", "--precisoin", "fp32"}, "did you mean --precision?"});
  cases.push_back({{"medical", "--weights", "require"}, "--weights require"});
  cases.push_back({{"medical", "--batch-sizes"}, "--batch-sizes needs a value"});
  cases.push_back({{"medical", "--model", "--quiet"}, "--model needs a value"});
  return cases;
}
std::vector<BadCase> bad_matrix_options() {
  std::vector<BadCase> cases;
  const auto add = [&](const std::string& option, const std::string& value, const std::string& complaint) {
    cases.push_back({{"matrix", option, value}, complaint});
  };
  for (const char* option : {"--iters", "--batch-size", "--seq-length", "--threads", "--trt-min-batch"}) {
    for (const char* value : {"0", "-1", "abc", "99999999999999999999"}) add(option, value, option);
  }
  add("--warmup", "-1", "--warmup -1");
  add("--precision", "int4", "--precision int4: unknown; give one of: fp32, fp16, bf16");
  add("--order", "random", "--order random: unknown; give one of: interleaved, sequential");
  add("--device", "abacus", "--device abacus: unknown");
  add("--device", "cuda:01", "--device cuda:01: unknown");
  add("--backend", "abacus", "--backend abacus: unknown");
  add("--backend", "../../bin/sh", "--backend ../../bin/sh: unknown");
  add("--models", "nobert", "--models nobert");
  add("--seq-length", "513", "--seq-length 513");
  add("--batch-order", "length", "--batch-order needs --text");
  add("--batch-order", "random", "--batch-order random: unknown; give one of: given, length");
  add("--text-batches", "4", "--text-batches needs --text");
  add("--text-column", "note", "--text-column needs --text");
  add("--ov-hint", "fast", "--ov-hint fast");
  add("--ov-call", "later", "--ov-call later");
  add("--ort-ep-option", "novalue", "--ort-ep-option novalue: give key=value");
  for (const char* value : {"-1", "x", "1.5", "99999999999999999999"})
    add("--numa-node", value, fmt::format("--numa-node {}: give auto, all or the number of a node", value));
  add("--numa-node", "1023", "--numa-node 1023: no processor of such a node may be used here; there is ");
  add("--launcher", "srun 'x", "--launcher srun 'x: a quote does not end");
  add("--launcher", "  ", "--launcher: it holds no command");
  add("--deployment", "x.json", "--deployment needs --int8");
  add("--int8", "statc",
      "--int8 statc: no method of int8; did you mean static? give some of dynamic, static,");
  add("--int8", "static,static", "--int8: static is given twice");
  add("--int8", "weight-only,weight_only", "--int8: weight-only is given twice");
  add("--int8", "all,dynamic", "--int8 all dynamic: all is every method");
  cases.push_back({{"matrix", "--int8="}, "--int8 needs a value"});
  add("--resume", "/nowhere", "--resume /nowhere: it is not a folder");
  add("--iter", "3", "did you mean --iters?");
  cases.push_back({{"matrix", "--resume", "a", "--output-root", "b"}, "--resume and --output-root"});
  cases.push_back({{"matrix", "--trt-min-batch", "4", "--trt-max-batch", "2"},
                   "--trt-min-batch 4 is greater than --trt-max-batch 2"});
  cases.push_back({{"matrix", "--batch-size", "8", "--trt-max-batch", "4"},
                   "batch size 8 is measured, and --trt-max-batch is 4"});
  cases.push_back({{"matrix", "--backend", "tensorrt", "--trt-cache-dir", "/dev/null"},
                   "--trt-cache-dir /dev/null: a folder is needed"});
  cases.push_back({{"matrix", "--models"}, "--models needs a value"});
  return cases;
}
INSTANTIATE_TEST_SUITE_P(Matrix, BadOptions, ::testing::ValuesIn(bad_matrix_options()));
INSTANTIATE_TEST_SUITE_P(Medical, BadOptions, ::testing::ValuesIn(bad_medical_options()));

TEST_F(BadInput, OutputFolderIsAFile) {
  folder().write("out", "a file");
  const auto output = run_fake_medical({"--quiet"});
  EXPECT_EQ(output.status, exited(2));
  EXPECT_EQ(count_lines(output.err), 1U) << output.err;
  EXPECT_THAT(output.err, HasSubstr("it is not a folder"));
}

TEST_F(BadInput, OutputFolderCannotBeMade) {
  auto words = fake_medical({"--num-iterations", "1"});
  // Not even root makes a folder there.
  *std::find(words.begin(), words.end(), output().string()) = "/proc/medbench";
  expect_one_line(testing::run_program(options(words)), 2, "/proc/medbench");
}

TEST_F(BadInput, OutputFolderHasAnImpossibleName) {
  auto words = fake_medical({"--num-iterations", "1"});
  *std::find(words.begin(), words.end(), output().string()) = std::string(300, 'a');
  expect_one_line(testing::run_program(options(words)), 2, "File name too long");
}

TEST_F(BadInput, OutputFolderIsReadOnly) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  std::filesystem::create_directory(output());
  std::filesystem::permissions(output(),
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  expect_one_line(run_fake_medical({"--num-iterations", "1"}), 2, output().string());
}

TEST_F(BadInput, FolderOfSavedOutputsIsAFile) {
  const auto file = folder().write("saved", "a file");
  expect_one_line(run_fake_medical({"--save-outputs", file.string()}), 2, file.string());
}

TEST_F(BadInput, WorkerOfAKnownBackendIsMissing) {
  std::filesystem::create_directory(folder().path() / "libexec");
  set_libexec(folder().path() / "libexec");
  expect_one_line(medbench({"medical", "--output-dir", output().string()}), 3,
                  "--backend torch: its worker is not in");
}

TEST_F(BadInput, FullDiskCostsTheFileAndNotTheReport) {
  // A tmpfs of two pages in a mount namespace of its own: the probe fits, a result with a thousand samples
  // does not.
  std::filesystem::create_directory(output());
  const std::string mount = "mount -t tmpfs -o size=8k none '" + output().string() + "'";
  const auto possible =
      testing::run_program({.argv = {"unshare", "-rm", "sh", "-c", mount}, .environment = {}});
  if (possible.status != exited(0)) GTEST_SKIP() << "no tmpfs can be mounted here: " << possible.err;
  std::vector<std::string> words{"unshare", "-rm", "sh", "-c", mount + " && exec \"$@\"", "sh"};
  const auto medical =
      fake_medical({"--num-iterations", "3000", "--weights", "synthetic", "--batch-sizes", "1", "2"});
  words.insert(words.end(), medical.begin(), medical.end());
  const auto output = testing::run_program(options(words));
  EXPECT_EQ(output.status, exited(3)) << output.err;
  EXPECT_THAT(output.err, HasSubstr("medbench: error: cannot write"));
  EXPECT_THAT(output.err, HasSubstr("No space left on device"));
  EXPECT_THAT(output.out, HasSubstr("p50 ms"));
}

TEST_F(BadInput, StandardOutputIsFull) {
  auto words = options({"sh", "-c", "exec '" + binary("medbench") + "' models > /dev/full"});
  expect_one_line(testing::run_program(words), 3, "cannot write to standard output");
}

}  // namespace
}  // namespace medbench
