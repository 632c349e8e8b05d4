#include "tests/conformance/regions.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <gtest/gtest.h>
#include <vector>

#include "job/protocol.hpp"
#include "tests/conformance/allocations.hpp"
#include "tests/support/parameters.hpp"
#include "tests/support/tiny_bert.hpp"

namespace medbench::conformance {
namespace {

constexpr std::size_t kBatch = 8;
constexpr std::size_t kSeq = 128;
constexpr std::size_t kHidden = 64;
constexpr std::size_t kHeads = 4;

// Sizes of tensors, in bytes. No input or output is smaller than this.
constexpr std::size_t kIds = kBatch * kSeq * sizeof(std::int64_t);
constexpr std::size_t kQueryKeyValue = kBatch * kSeq * 3 * kHidden * sizeof(float);
constexpr std::size_t kScores = kBatch * kHeads * kSeq * kSeq * sizeof(float);

struct Limits {
  std::string_view backend;
  // Most allocations of a step. None of a write or a read is as large as a tensor.
  std::size_t write;
  std::size_t read;
  std::size_t pass_bytes;  // no allocation of a pass is larger
  double drift;            // of the number of allocations of a pass, over passes
  const char* reason;
};

// As measured. The reference is left out: the interpreter makes every value anew, and its times are nobody's.
constexpr std::array kLimits{
    Limits{"torch", 0, 2, kQueryKeyValue, 0,
           "libtorch makes each tensor between two operators, the largest of which is query, key and value "
           "in one; a "
           "read makes two handles"},
    Limits{"onnxruntime", 0, 0, kIds - 1, 0, "its arena keeps the tensors, its binding the outputs"},
    Limits{"openvino", 0, 1, kIds - 1, 0.01,
           "its request keeps the tensors; TBB makes a task more in some passes"},
    Limits{"pjrt", 60, 30, 3 * kScores, 0.15,
           "a buffer of the interface cannot be written again, so each set has new handles, and XLA takes a "
           "block for "
           "all that a pass computes; its threads make events as they come"},
};

constexpr std::size_t kWarmupPasses = 10;
constexpr std::size_t kPasses = 100;
constexpr std::size_t kLook = 21;  // passes of a median
constexpr std::size_t kSlots = 2;

const Limits& limits_of(std::string_view backend) {
  const auto* const row = std::ranges::find(kLimits, backend, &Limits::backend);
  if (row == kLimits.end()) throw internal_error("no limits are stated for {}", backend);
  return *row;
}

testing::TinyBert encoder() {
  EncoderConfig config = testing::tiny_config(kHidden, 2, kHeads, ir::Activation::GeluErf);
  config.max_positions = kSeq;
  return {"encoder", config, false, testing::batch_seq(kBatch, kSeq), testing::Mask::Padded};
}

double median(std::vector<std::size_t> counts) {
  const auto middle = counts.begin() + static_cast<std::ptrdiff_t>(counts.size() / 2);
  std::ranges::nth_element(counts, middle);
  return static_cast<double>(*middle);
}

class Regions {
 public:
  Regions(Backend& backend, const Limits& limits) : backend_(backend), limits_(limits) {}

  void fill(const testing::TinyBert& bert) {
    testing::TinyBert full = bert;
    full.mask = testing::Mask::Full;
    for (std::size_t slot = 0; slot < kSlots; ++slot) {
      inputs_.at(slot) = bert.inputs(slot);
      full_.at(slot) = full.inputs(slot);
      backend_.bind(slot, bert.axes);
      backend_.write(slot, inputs_.at(slot));
    }
  }

  void run(TimedRegion region) {
    SCOPED_TRACE(region == TimedRegion::Host ? "host" : "device");
    for (std::size_t i = 0; i < kWarmupPasses; ++i) iterate(region, i);
    std::vector<std::size_t> counts;
    for (std::size_t i = 0; i < kPasses; ++i) counts.push_back(checked(region, i));
    const double first = median({counts.begin(), counts.begin() + kLook});
    const double last = median({counts.end() - kLook, counts.end()});
    EXPECT_LE(std::abs(last - first), limits_.drift * first)
        << first << " allocations at first, then " << last;
  }

  // A mask that hides nothing need not be kept as one that hides something.
  void rewrite_masks() {
    SCOPED_TRACE("masks");
    for (const auto* sets : {&full_, &inputs_, &full_}) {
      const Allocations made = count_allocations([&] { backend_.write(0, sets->front()); });
      EXPECT_LT(made.largest, kIds);
      EXPECT_LE(made.count, limits_.write);
    }
  }

 private:
  struct Made {
    Allocations write;
    Allocations pass;
    Allocations read;
  };

  Made iterate(TimedRegion region, std::size_t i) {
    const std::size_t slot = i % kSlots;
    const bool is_host = region == TimedRegion::Host;
    Made made;
    if (is_host) made.write = count_allocations([&] { backend_.write(slot, inputs_.at(slot)); });
    made.pass = count_allocations([&] {
      backend_.enqueue(slot);
      backend_.wait(slot);
    });
    if (is_host) made.read = count_allocations([&] { backend_.read(slot, outputs_.at(slot)); });
    return made;
  }

  std::size_t checked(TimedRegion region, std::size_t i) {
    const Made made = iterate(region, i);
    EXPECT_LT(made.write.largest, kIds);
    EXPECT_LE(made.write.count, limits_.write);
    EXPECT_LT(made.read.largest, kIds);
    EXPECT_LE(made.read.count, limits_.read);
    EXPECT_LE(made.pass.largest, limits_.pass_bytes);
    return made.pass.count;
  }

  Backend& backend_;
  const Limits& limits_;
  std::array<NamedTensors, kSlots> inputs_;
  std::array<NamedTensors, kSlots> full_;  // with nothing hidden
  std::array<NamedTensors, kSlots> outputs_;
};

}  // namespace

void expect_steady_regions(Backend& backend, std::string_view name,
                           const std::map<std::string, std::string>& options) {
  const testing::TinyBert bert = encoder();
  const ir::Graph graph = bert.graph();
  testing::MemoryParameters parameters{testing::random_parameters(graph, 1)};
  const Limits& limits = limits_of(name);
  bool has_run = false;
  for (const std::string_view precision : {kFp32, kBf16, kInt8}) {
    SCOPED_TRACE(precision);
    Target target;
    target.precision = precision;
    target.options = options;
    if (backend.supports(target)) continue;  // what it must run is the families' test
    has_run = true;
    SCOPED_TRACE(limits.reason);
    backend.build(graph, parameters, Build{target, bert.axes, 1});
    Regions regions(backend, limits);
    regions.fill(bert);
    regions.run(TimedRegion::Device);
    regions.run(TimedRegion::Host);
    regions.rewrite_masks();
  }
  EXPECT_TRUE(has_run);
}

}  // namespace medbench::conformance
