#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>
#include <vector>

#include "report/page/html.hpp"
#include "report/page/packed_samples.hpp"
#include "report/page/plot.hpp"
#include "report/page/policy.hpp"
#include "report/page/scale.hpp"

namespace medbench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Html, TakesTextForText) {
  EXPECT_EQ(as_html("</script><b> & \"x\" 'y'"), "&lt;/script&gt;&lt;b&gt; &amp; &quot;x&quot; &#39;y&#39;");
  EXPECT_EQ(as_html("a\tb\x01").find('\x01'), std::string::npos);
  EXPECT_EQ(as_html("\xff"), "\xef\xbf\xbd");
  EXPECT_EQ(lines_as_html("a<\nb"), "a&lt;\nb\n");
}

TEST(Html, EndsNoScriptByData) {
  EXPECT_EQ(json_for_script(R"({"a":"</script><!--"})"), "{\"a\":\"\\u003c/script\\u003e\\u003c!--\"}");
}

TEST(Policy, WritesBase64) {
  EXPECT_EQ(base64_of_hex("4d616e"), "TWFu");
  EXPECT_EQ(base64_of_hex("4d61"), "TWE=");
  EXPECT_EQ(base64_of_hex("4d"), "TQ==");
  EXPECT_EQ(base64_of_hex(""), "");
}

TEST(PackedSamples, AreDifferencesInBase64Vlq) {
  const std::vector<Sample> samples{{.ms = 0.000123}, {.ms = 0.000122}, {.ms = 0.000138, .process = 1}};
  const PackedSamples packed = pack_samples(samples);
  EXPECT_EQ(packed.per_ms, 1e6);
  EXPECT_EQ(packed.vlq, "2HDgB");  // 123, -1, 16
  EXPECT_THAT(packed.processes, ElementsAre(2, 1));
}

TEST(PackedSamples, KeepSixDigitsOfTheShortest) {
  const auto per_ms = [](std::vector<double> times) {
    std::vector<Sample> samples;
    for (const double ms : times) samples.push_back({.ms = ms});
    return pack_samples(samples).per_ms;
  };
  EXPECT_EQ(per_ms({20.0345, 500}), 1e4);
  EXPECT_EQ(per_ms({9.99999, 20}), 1e5);
  EXPECT_EQ(per_ms({0.5}), 1e6);
  EXPECT_EQ(per_ms({1e-9}), 1e6) << "nothing is finer than a nanosecond";
  EXPECT_EQ(per_ms({3e7}), 1);
  EXPECT_EQ(per_ms({0}), 1);
  EXPECT_EQ(per_ms({}), 1);
  EXPECT_FALSE(pack_samples(std::vector<Sample>{{.ms = 1e300}, {.ms = -1e300}}).vlq.empty());
}

TEST(Scale, GoesFromZeroWithRoundTicks) {
  const Scale scale = Scale::from_zero(50);
  EXPECT_EQ(scale.percent(0), 0);
  EXPECT_LT(scale.percent(50), 100);
  EXPECT_EQ(scale.percent(1000), 100);
  EXPECT_THAT(scale.ticks(), ElementsAre(0, 20, 40));
}

TEST(Scale, IsLogarithmicWhereValuesAreFarApart) {
  EXPECT_FALSE(Scale::of(std::vector{2.0, 20.0}, 25).is_logarithmic());
  const Scale scale = Scale::of(std::vector{1.0, 0.0, 100.0}, 25);
  EXPECT_TRUE(scale.is_logarithmic());
  EXPECT_NEAR(scale.percent(10), 50, 1e-9);
  EXPECT_THAT(scale.ticks(), ElementsAre(1, 2, 5, 10, 20, 50, 100));
}

TEST(Scale, OfNothingIsStillAScale) {
  for (const Scale& scale :
       {Scale::from_zero(0), Scale::from_zero(NAN), Scale::of({}, 25), Scale::logarithmic(0, 0)}) {
    EXPECT_TRUE(std::isfinite(scale.percent(1)));
    EXPECT_LT(scale.ticks().size(), 40U);
  }
}

TEST(Plot, DrawsEverySeriesInItsOwnForm) {
  std::vector<PlotSeries> series;
  std::set<std::string> keys;
  for (std::size_t i = 0; i < kPlotStyles; ++i) {
    series.push_back({.style = i, .points = {{.x = 1, .y = 1, .told = "a<b"}, {.x = 2, .y = 2, .told = ""}}});
    keys.insert(plot_key(i));
  }
  EXPECT_EQ(keys.size(), kPlotStyles);
  const PlotAxis axis{.scale = Scale::from_zero(2), .label = "ms", .ticks = {}};
  const std::string svg = plot(axis, axis, series);
  for (const char* colour : {"\"mark s1\"", "\"mark s8\""}) EXPECT_THAT(svg, HasSubstr(colour));
  EXPECT_THAT(svg, HasSubstr("<title>a&lt;b</title>"));
  EXPECT_THAT(svg, HasSubstr("line s1"));
}

}  // namespace
}  // namespace medbench
