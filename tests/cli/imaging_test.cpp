// `medbench imaging`, and networks on images in `medbench matrix`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

#include "base/file.hpp"
#include "data/safetensors.hpp"
#include "tests/cli/matrix_program.hpp"
#include "tests/data/torch_builder.hpp"
#include "tests/support/parameters.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using testing::binary;
using testing::exited;
using ::testing::HasSubstr;
using testing::ProgramOutput;
using testing::run_program;
using ::testing::SizeIs;

// "torch" is the fake worker, which gives the same numbers each time, unless a test installs the interpreter.
class Imaging : public testing::MatrixTest {
 protected:
  Imaging() { install("torch", "fake"); }

  [[nodiscard]] ProgramOutput imaging(const Words& more) const {
    Words words{binary("medbench"), "imaging", "--warmup", "0"};
    const auto unless_given = [&](const std::string& option, const std::string& value) {
      if (std::ranges::find(more, option) == more.end()) words.insert(words.end(), {option, value});
    };
    unless_given("--height", "24");
    unless_given("--width", "32");
    if (std::ranges::find(more, "--out") == more.end()) unless_given("--output-dir", output().string());
    words.insert(words.end(), more.begin(), more.end());
    return run_program(options(words));
  }
  [[nodiscard]] std::string complaint(const Words& more) const {
    const ProgramOutput output = imaging(more);
    EXPECT_EQ(output.status, exited(2)) << output.err;
    EXPECT_EQ(testing::count_lines(output.err), 1U) << output.err;
    return output.err;
  }
  [[nodiscard]] std::string path(std::string_view name) const { return (folder().path() / name).string(); }
  [[nodiscard]] std::vector<std::filesystem::path> saved() const {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(output())) {
      if (entry.path().filename().string().starts_with("imaging_")) found.push_back(entry.path());
    }
    return found;
  }
};

TEST_F(Imaging, HasTheDefaultsOfTheGuideAndItsKeys) {
  const auto output = run_program(options(
      {binary("benchmark_imaging"), "--warmup", "0", "--json", "--output-dir", this->output().string()}));
  ASSERT_EQ(output.status, exited(0)) << output.err;
  const Json rows = parse_json(output.out, "standard output");
  ASSERT_THAT(rows, SizeIs(1));
  const Json& row = rows[0];
  EXPECT_EQ(row["model_type"], "tiny");
  EXPECT_EQ(row["device"], "cpu");
  EXPECT_EQ(row["dtype"], "fp16");  // which the fake worker has
  EXPECT_EQ(row["input_shape"], Json::parse("[8, 1, 256, 256]"));
  EXPECT_EQ(row["batches"], 50);
  EXPECT_EQ(row["batch_size"], 8);
  EXPECT_EQ(row["height"], 256);
  EXPECT_FALSE(row.contains("seq_length"));
  EXPECT_FALSE(row.contains("tokens_per_second"));
  for (const char* key :
       {"channels_last", "amp", "cudnn_benchmark", "compiled", "acc_check_enabled", "has_nan", "has_inf"})
    EXPECT_EQ(row[key], false) << key;
  for (const char* key : {"cuda_max_mem_mb", "repeatability_pass"}) EXPECT_TRUE(row[key].is_null()) << key;
  for (const char* key : {"batch_time_ms", "imgs_per_sec", "cpu_max_rss_mb"})
    EXPECT_GT(row[key].get<double>(), 0) << key;
  EXPECT_EQ(row["batch_time_ms"], row["avg_latency_ms"]);
  EXPECT_NEAR(row["imgs_per_sec"].get<double>(), 8000 / row["batch_time_ms"].get<double>(), 1e-6);
  EXPECT_EQ(dump_line(to_json(result_from_json(row))), dump_line(row));
  EXPECT_THAT(saved(), SizeIs(1));
  EXPECT_THAT(read_text_file(this->output() / "summary.md"), HasSubstr("images/s"));
}

TEST_F(Imaging, AccCheckComparesTwoPasses) {
  install("torch", "reference");
  const auto output = imaging(
      {"--dtype", "fp16,fp32", "--batch", "1", "--batches", "1", "--acc-check", "--json", "--restarts", "2"});
  ASSERT_EQ(output.status, exited(0)) << output.err;
  const auto rows = results_of(output);
  ASSERT_THAT(rows, SizeIs(1)) << "fp16 becomes fp32 where there is none";
  ASSERT_TRUE(rows[0].imaging.has_value());
  EXPECT_EQ(rows[0].imaging->acc_check_enabled, true);
  EXPECT_EQ(rows[0].imaging->has_nan, false);
  EXPECT_EQ(rows[0].imaging->repeatability_pass, true);
  EXPECT_EQ(rows[0].metrics.get("max_abs_diff"), 0);
  EXPECT_EQ(rows[0].metrics.get("mean_abs_diff"), 0);
  EXPECT_EQ(rows[0].parity, true);
  EXPECT_EQ(rows[0].details["processes_agree"], true);
  EXPECT_THAT(output.err, HasSubstr("fp16 was asked for"));
}

TEST_F(Imaging, TellsOfNumbersThatAreNone) {
  for (const std::string kind : {"nan", "infinite"}) {
    const auto output =
        imaging({"--batches", "2", "--json", "--backend", "fake", "--backend-option",
                 "script={\"output\":\"" + kind + "\"}", "--libexec", testing::libexec_folder().string()});
    EXPECT_EQ(output.status, exited(1)) << output.err;
    const auto rows = results_of(output);
    ASSERT_THAT(rows, SizeIs(1));
    EXPECT_EQ(rows[0].status, Status::AccError);
    EXPECT_EQ(rows[0].imaging->has_nan, kind == "nan");
    EXPECT_EQ(rows[0].imaging->has_inf, kind == "infinite");
  }
}

TEST_F(Imaging, MeasuresEveryNetworkInEachSizeAndSetting) {
  const auto output = imaging({"--models", "tiny", "unet2d", "--height", "64", "--width", "64,96", "--batch",
                               "1", "2", "--in-ch", "4", "--num-classes", "3", "--batches", "1", "--json"});
  ASSERT_EQ(output.status, exited(0)) << output.err;
  const auto rows = results_of(output);
  ASSERT_THAT(rows, SizeIs(8));
  EXPECT_EQ(rows[7].imaging->input_shape, (std::vector<std::int64_t>{2, 4, 64, 96}));
  EXPECT_EQ(rows[7].job.work.model.config, Json::parse(R"({"in_channels": 4, "num_classes": 3})"));
  const auto own = imaging({"--in-ch", "1", "--groups", "1", "--batches", "1", "--json"});
  EXPECT_TRUE(results_of(own)[0].job.work.model.config.empty())
      << "the network's own settings are no other work";
  const auto deep = imaging({"--conv-type", "3d", "--depth", "8", "--batches", "1", "--json"});
  ASSERT_EQ(deep.status, exited(0)) << deep.err;
  EXPECT_EQ(results_of(deep)[0].imaging->input_shape, (std::vector<std::int64_t>{8, 1, 8, 24, 32}));
}

TEST_F(Imaging, WritesOneFileWhereOneIsNamed) {
  const std::string out = path("made/conv.json");
  ASSERT_EQ(imaging({"--out", out, "--batches", "1"}).status, exited(0));
  EXPECT_EQ(read_json_file(out)["dtype"], "fp16");
  EXPECT_THAT(std::distance(std::filesystem::directory_iterator(path("made")), {}), 1)
      << "and nothing beside it";
  const auto again = imaging({"--out", out, "--batches", "1", "--dtype", "fp32", "bf16"});
  ASSERT_EQ(again.status, exited(0)) << again.err;
  EXPECT_THAT(again.out, HasSubstr(out));
  EXPECT_THAT(read_json_file(out), SizeIs(2));
  ASSERT_EQ(imaging({"--out", out, "--batches", "1"}).status, exited(0)) << "its own earlier results";
}

TEST_F(Imaging, LeavesOtherFilesAlone) {
  std::filesystem::create_directory(path("folder"));
  EXPECT_THAT(complaint({"--out", path("folder")}), HasSubstr("it is a folder"));
  for (const std::string content : {"", "{}", "[]", "text", R"({"device": "cuda", "imgs_per_sec": 3})"}) {
    const auto other = folder().write("other.json", content);
    EXPECT_THAT(complaint({"--out", other.string()}), HasSubstr("holds no results of medbench")) << content;
    EXPECT_EQ(read_text_file(other), content);
  }
  folder().write("file", "x");
  EXPECT_THAT(complaint({"--out", path("file/x.json")}), HasSubstr("file"));
  EXPECT_THAT(complaint({"--out", path("x.json"), "--output-dir", path("y")}),
              HasSubstr("in place of a folder"));
  EXPECT_FALSE(std::filesystem::exists(path("x.json")));
}

TEST_F(Imaging, RefusesWhatMakesNoSense) {
  EXPECT_THAT(complaint({"--groups", "2"}), HasSubstr("2 groups do not divide the 1 channels"));
  EXPECT_THAT(complaint({"--depth", "8"}), HasSubstr("--depth: tiny has no depth; --conv-type 3d"));
  EXPECT_THAT(complaint({"--models", "resnet18", "--groups", "2"}),
              HasSubstr("--groups: resnet18 has nothing"));
  EXPECT_THAT(complaint({"--models", "resnet18", "--conv-type", "3d"}), HasSubstr("two dimensions alone"));
  EXPECT_THAT(complaint({"--height", "7"}), HasSubstr("too small"));
  EXPECT_THAT(complaint({"--models", "unet2d", "--height", "40"}), HasSubstr("multiples of 32"));
  EXPECT_THAT(complaint({"--height", "0"}), HasSubstr("--height"));
  EXPECT_THAT(complaint({"--width", "-4"}), HasSubstr("--width"));
  EXPECT_THAT(complaint({"--width", "1099511627776"}), HasSubstr("--width"));
  EXPECT_THAT(complaint({"--height", "65536", "--width", "65536", "--batch", "65536"}),
              HasSubstr("use smaller"));
  EXPECT_THAT(complaint({"--models", "biobert", "--in-ch", "3"}), HasSubstr("--in-ch: biobert has nothing"));
  EXPECT_THAT(complaint({"--weights", path("none.safetensors")}), HasSubstr("--weights"));
  EXPECT_THAT(complaint({"--weights", "require"}), HasSubstr("--weights FILE.safetensors"));
  EXPECT_FALSE(std::filesystem::exists(output()) && !saved().empty());
}

TEST_F(Imaging, TakesWeightsOfAFile) {
  NamedTensors tensors;
  for (const auto& [name, shape] :
       std::map<std::string, std::vector<std::int64_t>>{{"conv1.weight", {16, 1, 3, 3}},
                                                        {"conv1.bias", {16}},
                                                        {"conv2.weight", {32, 16, 3, 3}},
                                                        {"conv2.bias", {32}},
                                                        {"conv3.weight", {64, 32, 3, 3}},
                                                        {"conv3.bias", {64}},
                                                        {"fc.weight", {2, 1024}},
                                                        {"fc.bias", {2}}})
    tensors.emplace(name, testing::random_floats(shape, tensors.size()));
  const auto file = write_safetensors(folder().path() / "w.safetensors", tensors).string();
  const auto output = imaging({"--weights", file, "--batches", "1", "--json"});
  ASSERT_EQ(output.status, exited(0)) << output.err;
  EXPECT_EQ(results_of(output)[0].weights_source, "checkpoint");
  const auto of_torch = folder().write("w.pth", testing::unaligned_torch_file(tensors)).string();
  EXPECT_EQ(imaging({"--weights", of_torch, "--batches", "1", "--json"}).status, exited(0));
  EXPECT_THAT(complaint({"--models", "resnet18", "--height", "64", "--width", "64", "--weights", file}),
              AllOf(HasSubstr("no tensor 'bn1.weight'"), HasSubstr("has not is 'conv1.bias'")));
}

TEST_F(Imaging, IsAMatrixUnderOtherNames) {
  const auto output =
      run_program(options({binary("medbench"), "matrix", "--models", model(), "tiny", "--seq-length", "8",
                           "--height", "16", "--width", "16", "--backend", "torch", "--output-dir",
                           this->output().string(), "--json", "--iters", "1"}));
  ASSERT_EQ(output.status, exited(0)) << output.err;
  const auto rows = results_of(output);
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].job.work.axes, (Axes{{Axis::Batch, 1}, {Axis::Seq, 8}}));
  EXPECT_EQ(rows[1].job.work.axes, (Axes{{Axis::Batch, 1}, {Axis::Height, 16}, {Axis::Width, 16}}));
  EXPECT_FALSE(rows[0].imaging.has_value());
  const auto unused = run_program(options({binary("medbench"), "matrix", "--models", model(), "--seq-length",
                                           "8", "--height", "16", "--output-dir", this->output().string()}));
  EXPECT_THAT(unused.err, HasSubstr("has no height"));
}

// The commands of a page that run this program, as they stand there.
std::vector<std::string> commands_of(const std::filesystem::path& page, const std::string& program) {
  std::vector<std::string> commands;
  std::istringstream lines(read_text_file(page));
  for (std::string line; std::getline(lines, line);) {
    if (line.find("bin/" + program) == std::string::npos) continue;
    std::string command = line;
    while (command.ends_with('\\') && std::getline(lines, line)) {
      command.pop_back();
      command += line;
    }
    commands.push_back(command);
  }
  return commands;
}

TEST_F(Imaging, RunsTheExamplesOfTheReadmeWithoutACard) {
  const std::string program = "benchmark_imaging";
  const auto commands = commands_of(testing::source_folder() / "README.md", program);
  ASSERT_THAT(commands, SizeIs(2));
  for (const std::string& command : commands) {
    std::string here = command;
    here.replace(0, here.find(program) + program.size(), binary(program));
    const auto output =
        run_program(options({"/bin/sh", "-c", "cd '" + folder().path().string() + "' && " + here}));
    EXPECT_EQ(output.status, exited(0)) << here << '\n' << output.err;
  }
  const Json smoke = read_json_file(path("benchmark_results_cpu_smoke/conv_smoke_acc.json"));
  EXPECT_EQ(smoke["input_shape"], Json::parse("[1, 1, 64, 64]"));
  EXPECT_EQ(smoke["repeatability_pass"], true);
  const Json cuda = read_json_file(path("benchmarks/results/conv_cuda.json"));
  EXPECT_EQ(cuda["device"], "cpu");
  EXPECT_EQ(cuda["amp"], false);
  EXPECT_EQ(cuda["channels_last"], true);
}

}  // namespace
}  // namespace medbench
