#include "backend/tensorrt/versions.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <utility>

#include "base/error.hpp"

namespace medbench::trt {

namespace {

using Capability = std::pair<int, int>;

// Those from which all that is called is there.
constexpr Capability kOldest{10, 3};
constexpr Capability kOldestRtx{1, 7};
// Whose classes TensorRT for RTX has.
constexpr int kHeadersOfRtx = 11;
constexpr std::array kCardsOfRtx{Capability{8, 0}, Capability{8, 6}, Capability{8, 9}};
constexpr int kMajorOfRtx = 12;  // and all of it
constexpr Capability kOldestCard{7, 5};
constexpr Capability kBf16{8, 0};
constexpr Capability kFp8{8, 9};

std::string brief(const Version& version) {
  return fmt::format("{} {}.{}", version.flavour(), version.major, version.minor);
}

Capability capability(const device::CudaDevice& card) {
  return {card.compute_major, card.compute_minor};
}

}  // namespace

std::string Version::text() const {
  const std::string release = fmt::format("{}.{}.{}", major, minor, patch);
  return build > 0 ? fmt::format("{}.{}", release, build) : release;
}

Version version_of(int number) {
  constexpr int kWide = 10'000;
  if (number >= kWide) return {number / kWide, number / 100 % 100, number % 100, 0};
  return {number / 1000, number / 100 % 10, number % 100, 0};
}

std::optional<std::string> version_refusal(const Version& headers, const Version& library,
                                           std::string_view path) {
  const std::string which = fmt::format("{} is {}", printable(path), brief(library));
  if (Capability{library.major, library.minor} < (library.is_rtx() ? kOldestRtx : kOldest)) {
    const auto [major, minor] = library.is_rtx() ? kOldestRtx : kOldest;
    return fmt::format("{}, and medbench needs at least {}.{}: install a newer one", which, major, minor);
  }
  const bool fits = library.is_rtx() ? headers.major == library.major || headers.major == kHeadersOfRtx
                                     : headers.major == library.major;
  if (!fits) {
    return fmt::format(
        "{}, and this worker was built with the headers of {}: install that, or build medbench with the "
        "headers of {} {} (TENSORRT_ROOT)",
        which, brief(headers), kTensorRt, library.is_rtx() ? kHeadersOfRtx : library.major);
  }
  if (headers.is_rtx() && headers.minor > library.minor)
    return fmt::format("{}, older than the headers of {} that this worker was built with: install that",
                       which, brief(headers));
  return std::nullopt;
}

std::optional<std::string> card_refusal(const Version& library, const device::CudaDevice& card) {
  const Capability own = capability(card);
  const std::string which = fmt::format("{} does not run on {} (compute capability {}.{})", brief(library),
                                        card.name, own.first, own.second);
  if (!library.is_rtx()) {
    if (own >= kOldestCard) return std::nullopt;
    return fmt::format("{}: it needs {}.{} or newer", which, kOldestCard.first, kOldestCard.second);
  }
  if (own.first == kMajorOfRtx || std::ranges::find(kCardsOfRtx, own) != kCardsOfRtx.end())
    return std::nullopt;
  return fmt::format("{}: it takes 8.0, 8.6, 8.9 and 12.x; install TensorRT itself", which);
}

std::vector<std::string> precisions_of(const device::CudaDevice& card) {
  std::vector<std::string> names{"fp32", "fp16", "int8"};
  if (capability(card) >= kBf16) names.insert(names.begin() + 2, "bf16");
  return names;
}

bool has_fp8(const device::CudaDevice& card) {
  return capability(card) >= kFp8;
}

}  // namespace medbench::trt
