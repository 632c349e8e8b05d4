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
  job.target.backend = "openvino";
  job.target.device = "cuda:1";
  job.target.precision = "int8";
  job.work.model = {.name = "org/model", .folder = "/models/\xC3\xBC"};
  job.work.axes = {{Axis::Batch, 8}, {Axis::Seq, 512}};
  job.protocol.warmup_iterations = 0;
  job.protocol.num_iterations = 10;
  job.protocol.time_budget_s = 2.5;
  job.work.seed = std::numeric_limits<std::uint64_t>::max();
  job.target.threads = 3;
  job.protocol.turn = TurnLength{.seconds = 0.5, .passes = 3};
  job.protocol.restarts = 4;
  job.protocol.region = TimedRegion::Host;
  job.work.data = TextData{.file = "notes.csv", .column = "note", .padding = Padding::Longest};
  job.protocol.numa_node = 1;
  job.protocol.save_outputs = "/out/x.safetensors";
  job.protocol.evaluation =
      Evaluation{.file = "/rows.csv", .hash = "ab", .decisions = "/d", .save_flips = "/f"};
  job.target.quantization = Quantization{.method = QuantizationMethod::Static,
                                         .bits = 4,
                                         .reduced_range = ReducedRange::On,
                                         .memory_efficient = true,
                                         .calibration_batches = 3,
                                         .calibration_file = "/texts/notes.csv",
                                         .calibration_column = "note"};
  job.target.options = {{"a", "1"}, {"b", ""}};
  return job;
}

// The object of the job that holds the key.
Json& part_with(Json& json, const std::string& key) {
  for (const char* part : {"work", "target", "protocol"}) {
    if (json.at(part).contains(key)) return json.at(part);
  }
  return json;
}

// As files of schema 1 have it.
Json flat(const Json& json) {
  Json all = Json::object();
  if (json.contains("id")) all["id"] = json.at("id");
  for (const char* part : {"work", "target", "protocol"}) all.update(json.at(part));
  return all;
}

Json round_trip(const Json& json) {
  return parse_json(dump_line(json), "test");
}

TEST(JobJson, SurvivesTheRoundTrip) {
  const Job job = job_from_json(round_trip(to_json(full_job())));
  EXPECT_EQ(job.id, "job-1");
  EXPECT_EQ(job.target.backend, "openvino");
  EXPECT_EQ(job.target.device, "cuda:1");
  EXPECT_EQ(job.target.precision, "int8");
  EXPECT_EQ(job.work.model.name, "org/model");
  EXPECT_EQ(job.work.model.folder, "/models/\xC3\xBC");
  EXPECT_EQ(job.work.axes[Axis::Batch], 8);
  EXPECT_EQ(job.work.axes[Axis::Seq], 512);
  EXPECT_EQ(job.protocol.warmup_iterations, 0);
  EXPECT_EQ(job.protocol.num_iterations, 10);
  EXPECT_EQ(job.protocol.time_budget_s, 2.5);
  EXPECT_EQ(job.work.seed, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(job.target.threads, 3);
  EXPECT_EQ(job.protocol.turn, (TurnLength{.seconds = 0.5, .passes = 3}));
  EXPECT_EQ(job.protocol.restarts, 4);
  EXPECT_EQ(job.protocol.region, TimedRegion::Host);
  ASSERT_TRUE(job.work.text());
  EXPECT_EQ(job.work.text()->file, "notes.csv");
  EXPECT_EQ(job.work.text()->column, "note");
  EXPECT_EQ(job.work.text()->padding, Padding::Longest);
  EXPECT_EQ(job.protocol.numa_node, 1);
  EXPECT_EQ(job.protocol.save_outputs, "/out/x.safetensors");
  ASSERT_TRUE(job.target.quantization);
  EXPECT_EQ(job.target.quantization->method, QuantizationMethod::Static);
  EXPECT_EQ(job.target.quantization->bits, 4);
  EXPECT_EQ(job.target.quantization->reduced_range, ReducedRange::On);
  EXPECT_TRUE(job.target.quantization->memory_efficient);
  EXPECT_EQ(job.target.quantization->calibration_batches, 3);
  EXPECT_EQ(job.target.quantization->calibration_file, "/texts/notes.csv");
  EXPECT_EQ(job.target.quantization->calibration_column, "note");
  EXPECT_THAT(job.target.options,
              ::testing::ElementsAre(::testing::Pair("a", "1"), ::testing::Pair("b", "")));
}

TEST(JobJson, ReadsTheFlatFormOfSchema1) {
  const Job job = full_job();
  const Job read = job_from_json(round_trip(flat(to_json(job))));
  EXPECT_EQ(read.id, job.id);
  EXPECT_EQ(read.work, job.work);
  EXPECT_EQ(read.target, job.target);
  EXPECT_EQ(read.protocol, job.protocol);
}

TEST(JobJson, NamesAllNodesByTheWord) {
  Job job = full_job();
  job.protocol.numa_node = kAllNumaNodes;
  const Json json = to_json(job);
  EXPECT_EQ(json["protocol"]["numa_node"], "all");
  EXPECT_EQ(job_from_json(json).protocol.numa_node, kAllNumaNodes);
}

TEST(JobJson, LeavesOutWhatIsNotSet) {
  Job job;
  job.id = "x";
  job.work.model.name = "biobert";
  job.work.axes.set(Axis::Batch, 1);
  const Json json = to_json(job);
  for (const char* key :
       {"warmup_iterations", "num_iterations", "text", "quantization", "save_outputs", "numa_node"}) {
    for (const char* part : {"work", "target", "protocol"}) EXPECT_FALSE(json[part].contains(key)) << key;
  }
  EXPECT_FALSE(json["work"]["model"].contains("folder"));
  const Job read = job_from_json(round_trip(json));
  EXPECT_EQ(read.work.model.folder, std::nullopt);
  EXPECT_EQ(read.protocol.warmup_iterations, std::nullopt);
  EXPECT_EQ(read.protocol.num_iterations, std::nullopt);
  EXPECT_FALSE(read.work.text());
  EXPECT_FALSE(read.target.quantization);
  EXPECT_EQ(read.protocol.save_outputs, std::nullopt);
  EXPECT_EQ(read.work.seed, 42U);
  EXPECT_EQ(to_json(read), json);
}

TEST(JobJson, NamesTheKeyThatIsMissing) {
  for (const char* key : {"id", "backend", "device", "precision", "model", "batch_size", "time_budget_s",
                          "seed", "timed_region"}) {
    Json json = to_json(full_job());
    part_with(json, key).erase(key);
    expect_error(ErrorKind::Usage, key, [&] { job_from_json(json); });
    expect_error(ErrorKind::Usage, key, [&] { job_from_json(flat(json)); });
  }
}

struct BadValue {
  const char* key;
  const char* value;
};

class JobJsonBadValues : public ::testing::TestWithParam<BadValue> {};

TEST_P(JobJsonBadValues, AreRefusedByName) {
  Json json = to_json(full_job());
  part_with(json, GetParam().key)[GetParam().key] = Json::parse(GetParam().value);
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
                      BadValue{"numa_node", "-1"}, BadValue{"numa_node", "\"auto\""},
                      BadValue{"options", "[\"a\"]"}, BadValue{"save_outputs", "5"}));

TEST(JobJson, RefusesWrongShapes) {
  for (const char* text : {"null", "[]", "5", "\"job\""}) {
    expect_error(ErrorKind::Usage, "expected an object", [&] { job_from_json(Json::parse(text)); });
  }
  const auto refused = [](const char* key, const char* value, const char* part) {
    Json json = to_json(full_job());
    part_with(json, key)[key] = Json::parse(value);
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
