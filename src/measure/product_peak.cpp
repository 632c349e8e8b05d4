#include "measure/product_peak.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <vector>

#include "base/error.hpp"
#include "data/synthetic.hpp"
#include "ir/builder.hpp"
#include "ir/operation_count.hpp"
#include "job/fp8.hpp"
#include "job/optimization_profile.hpp"

namespace medbench {

namespace {

// Enough for the rows that begin the chain and the copy that ends it to weigh little.
constexpr int kProducts = 6;
constexpr std::uint64_t kSeed = 1;   // of the factors
constexpr std::int64_t kRows = 128;  // different ones, that the chain begins with
constexpr int kFirstPasses = 3;      // set up libraries and workspaces
constexpr int kTimedPasses = 10;

ir::Graph chain_of_products(std::int64_t width) {
  ir::GraphBuilder graph("products");
  ir::ValueId x = graph.embedding(graph.input("ids", DType::I64, {ir::kBatch, ir::kSeq}),
                                  graph.parameter("rows", {kRows, width}));
  const ir::ValueId weight = graph.parameter("weight", {width, width});
  const ir::ValueId bias = graph.parameter("bias", {width});
  for (int i = 0; i < kProducts; ++i) x = graph.linear(x, weight, bias);
  graph.output("output", x);
  return graph.build();
}

NamedTensors ids_for(std::int64_t width) {
  std::vector<std::int64_t> ids(static_cast<std::size_t>(width));
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<std::int64_t>(i) % kRows;
  NamedTensors inputs;
  inputs.emplace("ids", HostTensor::from_i64({1, width}, ids));
  return inputs;
}

double pass_ms(Backend& backend, Clock& clock) {
  const auto begin = clock.now();
  backend.enqueue(0);
  backend.wait(0);
  const std::chrono::duration<double, std::milli> host = clock.now() - begin;
  return backend.device_time_ms().value_or(host.count());
}

}  // namespace

double product_peak_gflops(Backend& backend, Clock& clock, const Target& target, std::int64_t threads,
                           std::int64_t width) {
  if (wants_fp8(target)) throw unsupported_error("products of fp8 are not measured by themselves");
  const ir::Graph graph = chain_of_products(width);
  SyntheticWeights weights(graph, kSeed);
  Target products = target;
  products.quantization.reset();
  forget_profile(products.options);
  const Axes axes{{Axis::Batch, 1}, {Axis::Seq, width}};
  backend.build(graph, weights, {.target = products, .shapes = axes, .threads = threads});
  backend.bind(0, axes);
  backend.write(0, ids_for(width));
  double fastest = std::numeric_limits<double>::infinity();
  for (int i = 0; i < kFirstPasses + kTimedPasses; ++i) {
    const double ms = pass_ms(backend, clock);
    if (i >= kFirstPasses) fastest = std::min(fastest, ms);
  }
  if (!(fastest > 0)) throw runtime_failure("products of {0} x {0} took no time", width);
  return static_cast<double>(ir::operation_count(graph, axes)) / 1e6 / fastest;
}

}  // namespace medbench
