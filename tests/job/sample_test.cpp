#include "job/sample.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/errors.hpp"

namespace medbench {
namespace {

using ::testing::ElementsAre;
using testing::expect_error;

std::vector<Sample> of(std::initializer_list<double> times) {
  std::vector<Sample> samples;
  for (const double ms : times) samples.push_back({.ms = ms});
  return samples;
}

TEST(Samples, ComeBackFromJson) {
  const std::vector<Sample> samples{{.ms = 1.5, .device_ms = 1.25, .turn = 0, .slot = 3},
                                    {.ms = 1.0 / 3, .device_ms = {}, .process = 2, .turn = 1, .slot = 0}};
  Json json;
  put_samples(json, samples);
  EXPECT_EQ(json["sample_turns"], (Json{0, 1}));
  EXPECT_EQ(samples_from_json(parse_json(dump_line(json), "test"), "test"), samples);
}

TEST(Samples, WithoutAPlaceAreTimesAlone) {
  Json json;
  put_samples(json, of({3, 4}));
  EXPECT_EQ(json, (Json{{"samples_ms", {3, 4}}}));
  EXPECT_EQ(samples_from_json(json, "test"), of({3, 4}));
  EXPECT_TRUE(samples_from_json(Json::object(), "test").empty());
}

TEST(Samples, ThatMakeNoSenseAreRefused) {
  const auto refuse = [](const char* part, const char* text) {
    expect_error(ErrorKind::Usage, part, [&] { samples_from_json(parse_json(text, "test"), "file"); });
  };
  refuse("file: \"samples_ms\" must be a list of numbers", R"({"samples_ms": [1, null]})");
  refuse("\"device_samples_ms\" holds 1 numbers for 2 samples",
         R"({"samples_ms": [1, 2], "device_samples_ms": [1]})");
  refuse("\"sample_turns\" holds 1 numbers for 0 samples", R"({"sample_turns": [1]})");
  refuse("\"sample_slots\" holds -1, which is no position", R"({"samples_ms": [1], "sample_slots": [-1]})");
}

TEST(Samples, GiveLatencyMetrics) {
  Metrics metrics;
  std::vector<Sample> samples = of({1, 2, 3, 4, 5, 9});
  samples[0].device_ms = 2;
  samples[4].device_ms = 4;
  fill_latency_metrics(metrics, samples);
  EXPECT_EQ(metrics.get("avg_latency_ms"), 4);
  EXPECT_EQ(metrics.get("latency_ms.min"), 1);
  EXPECT_EQ(metrics.get("latency_ms.p50"), 3.5);
  EXPECT_EQ(metrics.get("latency_ms.max"), 9);
  EXPECT_EQ(metrics.get("latency_ms.ci95_low"), 1);
  EXPECT_EQ(metrics.get("latency_ms.ci95_high"), 9);
  EXPECT_EQ(metrics.get("latency_ms.mad"), 1.5);
  EXPECT_EQ(metrics.get("latency_ms.n"), 6);
  EXPECT_EQ(metrics.get("device_latency_ms.mean"), 3);
  EXPECT_EQ(metrics.get("num_iterations"), 6);
  EXPECT_FALSE(metrics.get("latency_ms.p99"));
  EXPECT_EQ(metrics.all().at("latency_ms.p99").reason, "needs at least 662 samples");
}

TEST(Samples, OneHasNoSpreadAndNoInterval) {
  Metrics metrics;
  fill_latency_metrics(metrics, of({3}));
  EXPECT_EQ(metrics.get("latency_ms.p50"), 3);
  EXPECT_EQ(metrics.all().at("latency_ms.stdev").reason, "needs at least 2 samples");
  EXPECT_EQ(metrics.all().at("latency_ms.ci95_low").reason, "needs at least 6 independent samples");
  EXPECT_FALSE(metrics.all().contains("device_latency_ms.min"));
}

// Two batches, the longer of which takes three times as long; the last round was not finished.
TEST(Samples, OfBatchesOfDifferentSizeHaveTheirStatisticsByRounds) {
  std::vector<Sample> samples;
  for (const double ms : {10.0, 30.0, 11.0, 33.0, 10.0, 30.0, 12.0})
    samples.push_back({.ms = ms, .slot = static_cast<std::uint32_t>(samples.size() % 2)});
  EXPECT_THAT(round_means_ms(samples), ElementsAre(20, 22, 20));
  Metrics metrics;
  fill_latency_metrics(metrics, samples, Unit::Round);
  EXPECT_EQ(metrics.get("latency_ms.p50"), 20);
  EXPECT_EQ(metrics.get("latency_ms.n"), 7);
  EXPECT_EQ(metrics.get("latency_ms.max"), 33);
  EXPECT_EQ(metrics.all().at("latency_ms.p90").reason, "needs at least 64 rounds of the batches");
}

TEST(Samples, RoundsDoNotReachOverProcesses) {
  const std::vector<Sample> samples{{.ms = 1, .slot = 0},
                                    {.ms = 3, .slot = 1},
                                    {.ms = 5, .slot = 0},
                                    {.ms = 7, .process = 1, .slot = 1},
                                    {.ms = 9, .process = 1, .slot = 0}};
  EXPECT_THAT(round_means_ms(samples), ElementsAre(2, 8));
  EXPECT_TRUE(round_means_ms({}).empty());
}

}  // namespace
}  // namespace medbench
