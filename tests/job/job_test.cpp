#include "job/job.hpp"

#include <gmock/gmock.h>
#include <limits>

#include "tests/support/errors.hpp"

namespace medbench {
namespace {

using testing::expect_error;

Job full_job() {
  Job job;
  job.id = "job-1";
  job.backend = "openvino";
  job.device = "cuda:1";
  job.precision = "int8";
  job.model = {.name = "org/model", .folder = "/models/\xC3\xBC"};
  job.batch_size = 8;
  job.seq_length = 512;
  job.warmup_iterations = 0;
  job.num_iterations = 10;
  job.time_budget_s = 2.5;
  job.seed = std::numeric_limits<std::uint64_t>::max();
  job.threads = 3;
  job.turns = 2;
  job.timed_region = TimedRegion::Host;
  job.text = TextInput{.file = "notes.csv", .column = "note", .padding = Padding::Longest};
  job.save_outputs = "/out/x.safetensors";
  job.quantization = Quantization{.method = QuantizationMethod::Static,
                                  .bits = 4,
                                  .reduced_range = ReducedRange::On,
                                  .memory_efficient = true,
                                  .calibration_batches = 3,
                                  .calibration_file = "/texts/notes.csv",
                                  .calibration_column = "note"};
  job.options = {{"a", "1"}, {"b", ""}};
  return job;
}

Json round_trip(const Json& json) {
  return parse_json(dump_line(json), "test");
}

TEST(JobJson, SurvivesTheRoundTrip) {
  const Job job = job_from_json(round_trip(to_json(full_job())));
  EXPECT_EQ(job.id, "job-1");
  EXPECT_EQ(job.backend, "openvino");
  EXPECT_EQ(job.device, "cuda:1");
  EXPECT_EQ(job.precision, "int8");
  EXPECT_EQ(job.model.name, "org/model");
  EXPECT_EQ(job.model.folder, "/models/\xC3\xBC");
  EXPECT_EQ(job.batch_size, 8);
  EXPECT_EQ(job.seq_length, 512);
  EXPECT_EQ(job.warmup_iterations, 0);
  EXPECT_EQ(job.num_iterations, 10);
  EXPECT_EQ(job.time_budget_s, 2.5);
  EXPECT_EQ(job.seed, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(job.threads, 3);
  EXPECT_EQ(job.turns, 2);
  EXPECT_EQ(job.timed_region, TimedRegion::Host);
  ASSERT_TRUE(job.text);
  EXPECT_EQ(job.text->file, "notes.csv");
  EXPECT_EQ(job.text->column, "note");
  EXPECT_EQ(job.text->padding, Padding::Longest);
  EXPECT_EQ(job.save_outputs, "/out/x.safetensors");
  ASSERT_TRUE(job.quantization);
  EXPECT_EQ(job.quantization->method, QuantizationMethod::Static);
  EXPECT_EQ(job.quantization->bits, 4);
  EXPECT_EQ(job.quantization->reduced_range, ReducedRange::On);
  EXPECT_TRUE(job.quantization->memory_efficient);
  EXPECT_EQ(job.quantization->calibration_batches, 3);
  EXPECT_EQ(job.quantization->calibration_file, "/texts/notes.csv");
  EXPECT_EQ(job.quantization->calibration_column, "note");
  EXPECT_THAT(job.options, ::testing::ElementsAre(::testing::Pair("a", "1"), ::testing::Pair("b", "")));
}

TEST(JobJson, LeavesOutWhatIsNotSet) {
  Job job;
  job.id = "x";
  job.model.name = "biobert";
  const Json json = to_json(job);
  for (const char* key : {"warmup_iterations", "num_iterations", "text", "quantization", "save_outputs"})
    EXPECT_FALSE(json.contains(key));
  EXPECT_FALSE(json["model"].contains("folder"));
  const Job read = job_from_json(round_trip(json));
  EXPECT_EQ(read.model.folder, std::nullopt);
  EXPECT_EQ(read.warmup_iterations, std::nullopt);
  EXPECT_EQ(read.num_iterations, std::nullopt);
  EXPECT_FALSE(read.text);
  EXPECT_FALSE(read.quantization);
  EXPECT_EQ(read.save_outputs, std::nullopt);
  EXPECT_EQ(read.seed, 42U);
  EXPECT_EQ(to_json(read), json);
}

TEST(JobJson, NamesTheKeyThatIsMissing) {
  for (const char* key : {"id", "backend", "device", "precision", "model", "batch_size", "seq_length",
                          "time_budget_s", "seed", "timed_region"}) {
    Json json = to_json(full_job());
    json.erase(key);
    expect_error(ErrorKind::Usage, key, [&] { job_from_json(json); });
  }
}

struct BadValue {
  const char* key;
  const char* value;
};

class JobJsonBadValues : public ::testing::TestWithParam<BadValue> {};

TEST_P(JobJsonBadValues, AreRefusedByName) {
  Json json = to_json(full_job());
  json[GetParam().key] = Json::parse(GetParam().value);
  expect_error(ErrorKind::Usage, GetParam().key, [&] { job_from_json(json); });
}

INSTANTIATE_TEST_SUITE_P(
    Job, JobJsonBadValues,
    ::testing::Values(BadValue{"id", "1"}, BadValue{"device", "null"}, BadValue{"batch_size", "0"},
                      BadValue{"batch_size", "-1"}, BadValue{"batch_size", "1.5"},
                      BadValue{"batch_size", "\"1\""}, BadValue{"batch_size", "1e30"},
                      BadValue{"batch_size", "9223372036854775808"}, BadValue{"seq_length", "0"},
                      BadValue{"warmup_iterations", "-1"}, BadValue{"num_iterations", "0"},
                      BadValue{"threads", "-1"}, BadValue{"seed", "-1"}, BadValue{"seed", "1.5"},
                      BadValue{"seed", "\"42\""}, BadValue{"time_budget_s", "\"long\""},
                      BadValue{"timed_region", "\"moon\""}, BadValue{"quantization", "[]"},
                      BadValue{"quantization", "true"}, BadValue{"precision", "\"bf16\""},
                      BadValue{"options", "[\"a\"]"}, BadValue{"save_outputs", "5"}));

TEST(JobJson, RefusesWrongShapes) {
  for (const char* text : {"null", "[]", "5", "\"job\""}) {
    expect_error(ErrorKind::Usage, "expected an object", [&] { job_from_json(Json::parse(text)); });
  }
  const auto refused = [](const char* key, const char* value, const char* part) {
    Json json = to_json(full_job());
    json[key] = Json::parse(value);
    expect_error(ErrorKind::Usage, part, [&] { job_from_json(json); });
  };
  refused("model", "\"biobert\"", "expected an object");
  refused("model", "{}", "name");
  refused("text", "\"notes\"", "expected an object");
  refused("text", R"({"file": "f"})", "padding");
  refused("text", R"({"file": "f", "padding": "zero"})", "padding");
  refused("quantization", R"({"method": "magic"})", "job quantization: \"method\" is \"magic\", not one of");
  refused("quantization", R"({"bits": 5})", "\"bits\" is 5, not 8 or 4");
  refused("quantization", R"({"bits": 8.0})", "\"bits\" must be an integer");
  refused("quantization", R"({"reduced_range": true})", "\"reduced_range\" must be a string");
  refused("quantization", R"({"memory_efficient": 1})", "\"memory_efficient\" must be true or false");
  refused("quantization", R"({"calibration_batches": 0})", "\"calibration_batches\" is 0, not in 1 to 1024");
  refused("options", R"({"a": 1})", "\"a\" must be a string");
}

}  // namespace
}  // namespace medbench
