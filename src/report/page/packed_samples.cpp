#include "report/page/packed_samples.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace medbench {

namespace {

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr double kMostExact = 9007199254740991;  // of the whole numbers of a script

double units_per_ms(std::span<const Sample> samples) {
  constexpr int kDigitsKept = 6;
  constexpr int kNanoseconds = 6;  // digits behind the point of a millisecond
  double least = 0;
  for (const Sample& sample : samples) {
    if (sample.ms > 0 && (least == 0 || sample.ms < least)) least = sample.ms;
  }
  if (least == 0) return 1;
  const int before_point = static_cast<int>(std::floor(std::log10(least))) + 1;
  return std::pow(10, std::clamp(kDigitsKept - before_point, 0, kNanoseconds));
}

// Five bits a digit, the lowest first; the sign is the lowest bit of all.
void append(std::string& text, std::int64_t value) {
  constexpr std::uint64_t kBits = 5;
  constexpr std::uint64_t kMore = 1U << kBits;
  auto rest = static_cast<std::uint64_t>(value < 0 ? -value : value) << 1U | (value < 0 ? 1U : 0U);
  do {
    const std::uint64_t digit = rest & (kMore - 1);
    rest >>= kBits;
    text += kDigits[digit | (rest > 0 ? kMore : 0)];
  } while (rest > 0);
}

}  // namespace

PackedSamples pack_samples(std::span<const Sample> samples) {
  PackedSamples packed{.per_ms = units_per_ms(samples), .vlq = {}, .processes = {}};
  packed.vlq.reserve(samples.size() * 3);
  std::int64_t last = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const Sample& sample = samples[i];
    if (i == 0 || sample.process != samples[i - 1].process) packed.processes.push_back(0);
    ++packed.processes.back();
    const auto units =
        static_cast<std::int64_t>(std::round(std::clamp(sample.ms * packed.per_ms, -kMostExact, kMostExact)));
    append(packed.vlq, units - last);
    last = units;
  }
  return packed;
}

}  // namespace medbench
