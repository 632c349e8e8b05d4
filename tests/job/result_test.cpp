#include "job/result.hpp"

#include <cmath>
#include <gmock/gmock.h>

#include "tests/support/errors.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/results.hpp"

namespace medbench {
namespace {

using ::testing::ElementsAre;
using testing::expect_error;
using testing::ok_result;

Json round_trip(const Json& json) {
  return parse_json(dump_line(json), "test");
}

Result full_result() {
  Result result = ok_result(4, 128, 12.5);
  result.status = Status::AccError;
  result.failure =
      Failure{.kind = "runtime", .stage = Stage::Finish, .message = "NaN", .stderr_tail = "a\nb"};
  result.stop_rule = "num_iterations";
  result.warnings = {{.kind = "unsteady", .text = "t", .advice = "a"}};
  result.samples[0].device_ms = 11.5;
  result.samples[1].device_ms = 11.25;
  result.machine = {{"cpu", "x"}};
  result.details = {{"backend", {{"kernels", 3}}}};
  result.notes = {"cuda is absent"};
  return result;
}

TEST(ResultNames, ComeBackFromText) {
  for (const Status status : {Status::Ok, Status::AccError, Status::LoadError, Status::Unsupported,
                              Status::Timeout, Status::Crashed, Status::OutOfMemory, Status::Failed}) {
    EXPECT_EQ(status_from_string(to_string(status)), status);
  }
  for (const Stage stage : {Stage::Start, Stage::Load, Stage::Compile, Stage::Warmup, Stage::Run,
                            Stage::Finish, Stage::Evaluate}) {
    EXPECT_EQ(stage_from_string(to_string(stage)), stage);
  }
  EXPECT_EQ(to_string(Status::OutOfMemory), "out_of_memory");
  EXPECT_EQ(status_from_string("OK"), std::nullopt);
  EXPECT_EQ(stage_from_string(""), std::nullopt);
}

TEST(ResultJson, HasTheOriginalKeysFirst) {
  const Json json = to_json(ok_result(4, 128, 12.5));
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  keys.resize(6);
  EXPECT_THAT(keys, ElementsAre("model_type", "batch_size", "seq_length", "precision", "device", "status"));
  EXPECT_EQ(json["avg_latency_ms"], 12.5);
  EXPECT_EQ(json["memory_usage_mb"]["cpu_rss_peak_mb"], 512.25);
  EXPECT_EQ(json["latency_ms"]["p50"], 12.5);
  EXPECT_EQ(json["status"], "ok");
  EXPECT_FALSE(json.contains("error"));
}

TEST(ResultJson, AMetricWithoutAValueIsNullWithItsReason) {
  const Json json = to_json(ok_result(4, 128, 12.5));
  EXPECT_TRUE(json["latency_ms"]["p90"].is_null());
  EXPECT_EQ(json["null_reasons"]["latency_ms.p90"], "2 samples, 64 are needed");
  const Metrics metrics = result_from_json(round_trip(json)).metrics;
  EXPECT_EQ(metrics.get("latency_ms.p90"), std::nullopt);
  EXPECT_EQ(metrics.all().at("latency_ms.p90").reason, "2 samples, 64 are needed");
}

TEST(ResultJson, SurvivesTheRoundTrip) {
  const Result wanted = full_result();
  const Result result = result_from_json(round_trip(to_json(wanted)));
  EXPECT_EQ(to_json(result), to_json(wanted));
  EXPECT_EQ(result.job.id, wanted.job.id);
  EXPECT_EQ(result.device, "cpu");
  EXPECT_EQ(result.status, Status::AccError);
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->kind, "runtime");
  EXPECT_EQ(result.failure->stage, Stage::Finish);
  EXPECT_EQ(result.failure->message, "NaN");
  EXPECT_EQ(result.failure->stderr_tail, "a\nb");
  EXPECT_EQ(result.runtime.library, "libtorch_cpu.so");
  EXPECT_EQ(result.threads, 2);
  EXPECT_EQ(result.stop_rule, "num_iterations");
  EXPECT_EQ(result.started_at, "2026-01-02T03:04:05Z");
  ASSERT_EQ(result.warnings.size(), 1U);
  EXPECT_EQ(result.warnings[0].advice, "a");
  EXPECT_THAT(latencies_ms(result.samples), ElementsAre(12.5, 12.5));
  EXPECT_THAT(device_latencies_ms(result.samples), ElementsAre(11.5, 11.25));
  EXPECT_EQ(result.metrics.all().size(), wanted.metrics.all().size());
  EXPECT_EQ(result.details["backend"]["kernels"], 3);
  EXPECT_THAT(result.notes, ElementsAre("cuda is absent"));
}

TEST(ResultJson, SamplesKeepEveryBit) {
  Result result = ok_result(1, 64, 1);
  result.samples = {{.ms = 0.1}, {.ms = 1.0 / 3.0}, {.ms = 1e-9}, {.ms = 123456.789012345}};
  EXPECT_EQ(result_from_json(round_trip(to_json(result))).samples, result.samples);
}

TEST(ResultJson, NamesTheKeyThatIsMissing) {
  for (const char* key : {"job", "device", "model_type", "status"}) {
    Json json = to_json(full_result());
    json.erase(key);
    expect_error(ErrorKind::Usage, key, [&] { result_from_json(json); });
  }
}

struct BadValue {
  const char* key;
  const char* value;
};

class ResultJsonBadValues : public ::testing::TestWithParam<BadValue> {};

TEST_P(ResultJsonBadValues, AreRefused) {
  Json json = to_json(full_result());
  json[GetParam().key] = Json::parse(GetParam().value);
  expect_error(ErrorKind::Usage, "", [&] { result_from_json(json); });
}

INSTANTIATE_TEST_SUITE_P(
    Result, ResultJsonBadValues,
    ::testing::Values(BadValue{"job", "5"}, BadValue{"status", "\"great\""}, BadValue{"status", "1"},
                      BadValue{"device", "[]"}, BadValue{"error", "\"x\""}, BadValue{"error", "{}"},
                      BadValue{"error", R"({"stage": "moon", "kind": "", "message": ""})"},
                      BadValue{"samples_ms", "{}"}, BadValue{"samples_ms", "[1, null]"},
                      BadValue{"samples_ms", "[\"1\"]"}, BadValue{"device_samples_ms", "5"},
                      BadValue{"warnings", "[1]"}, BadValue{"warnings", "[{}]"}, BadValue{"notes", "[1]"},
                      BadValue{"threads", "\"2\""}, BadValue{"runtime", "[]"},
                      BadValue{"avg_latency_ms", "\"fast\""}, BadValue{"latency_ms", R"({"p50": []})"}));

TEST(ResultJson, RefusesWrongShapes) {
  for (const char* text : {"null", "[]", "5", "\"x\""}) {
    expect_error(ErrorKind::Usage, "", [&] { result_from_json(Json::parse(text)); });
  }
}

TEST(Metrics, AreRowsOfTheTable) {
  std::vector<std::string_view> keys;
  for (const MetricInfo& row : metric_table()) {
    EXPECT_EQ(find_metric(row.key), &row) << row.key << " appears twice";
    EXPECT_FALSE(row.meaning.empty());
    keys.push_back(row.key);
  }
  // A key that is also the beginning of a dotted key could not nest.
  for (const auto key : keys) {
    for (const auto other : keys)
      EXPECT_FALSE(other.starts_with(std::string(key) + ".")) << key << " and " << other;
  }
  EXPECT_EQ(find_metric("speed"), nullptr);
}

TEST(Metrics, RefuseUnknownKeysAndKeepNoNan) {
  Metrics metrics;
  expect_error(ErrorKind::Internal, "speed", [&] { metrics.set("speed", 1); });
  expect_error(ErrorKind::Internal, "speed", [&] { metrics.set_absent("speed", "x"); });
  metrics.set("load_ms", std::nan(""));
  EXPECT_EQ(metrics.get("load_ms"), std::nullopt);
  EXPECT_NE(metrics.all().at("load_ms").reason, "");
  metrics.set("load_ms", 3);
  EXPECT_EQ(metrics.get("load_ms"), 3.0);
  EXPECT_EQ(metrics.all().at("load_ms").reason, "");
  EXPECT_EQ(metrics.get("compile_ms"), std::nullopt);
}

TEST(Metrics, ThatCountAreWholeNumbersInJson) {
  Metrics metrics;
  EXPECT_TRUE(to_json(metrics, "latency_ms.n").is_null());
  for (const char* key : {"latency_ms.n", "latency_ms.outliers", "warmup_iterations", "num_iterations"}) {
    metrics.set(key, 70);
    EXPECT_EQ(dump_line(to_json(metrics, key)), "70") << key;
  }
  metrics.set("avg_latency_ms", 70);
  EXPECT_EQ(dump_line(to_json(metrics, "avg_latency_ms")), "70.0");
  for (const double value : {0.5, 1e300}) {  // of a damaged file: kept as they are
    metrics.set("latency_ms.n", value);
    EXPECT_EQ(to_json(metrics, "latency_ms.n"), Json(value));
  }
}

TEST(ResultJson, ReadsCountsAsWrittenNowAndBefore) {
  Result result = ok_result(1, 64, 20);
  result.metrics.set("num_iterations", 70);
  Json json = to_json(result);
  EXPECT_EQ(dump_line(json.at("num_iterations")), "70");
  EXPECT_EQ(result_from_json(round_trip(json)).metrics.get("num_iterations"), 70.0);
  json["num_iterations"] = 70.0;
  EXPECT_EQ(result_from_json(round_trip(json)).metrics.get("num_iterations"), 70.0);
}

// Measured before there was a number: flat jobs.
TEST(ResultJson, FilesOfSchema1AreStillRead) {
  std::size_t count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(testing::source_folder() / "docs" / "results" / "h100")) {
    const Json json = read_json_file(entry.path());
    for (const Json& item : json.is_array() ? json : Json::array({json})) {
      if (!item.contains("job") || item.contains("schema")) continue;
      SCOPED_TRACE(entry.path().string());
      const Result result = result_from_json(item);
      EXPECT_EQ(result.job.work.axes[Axis::Batch], item.at("batch_size").get<std::int64_t>());
      EXPECT_EQ(result.job.work.axes[Axis::Seq], item.at("seq_length").get<std::int64_t>());
      EXPECT_EQ(to_json(result).at("latency_ms").at("p50"), item.at("latency_ms").at("p50"));
      ++count;
    }
  }
  EXPECT_GT(count, 40U);
}

TEST(ResultJson, OfALaterSchemaIsRefused) {
  Json json = to_json(testing::ok_result(1, 64, 20));
  EXPECT_EQ(json.at("schema"), 2);
  json["schema"] = 3;
  testing::expect_error(ErrorKind::Usage, "its \"schema\" is 3", [&] { result_from_json(json); });
}

}  // namespace
}  // namespace medbench
