// Static integers of networks on images, from calibration to the answers.
#include <cmath>
#include <gtest/gtest.h>
#include <memory>

#include "backend/calibration.hpp"
#include "backend/pass.hpp"
#include "ir/folded_parameters.hpp"
#include "ir/interpreter.hpp"
#include "passes/fold_batch_norm.hpp"
#include "tests/conformance/cases.hpp"
#include "tests/conformance/conformance.hpp"
#include "tests/support/parameters.hpp"

namespace medbench::conformance {
namespace {

double cosine(std::span<const float> a, std::span<const float> b) {
  double ab = 0;
  double aa = 0;
  double bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += double{a[i]} * double{b[i]};
    aa += double{a[i]} * double{a[i]};
    bb += double{b[i]} * double{b[i]};
  }
  return ab / std::sqrt(aa * bb);
}

}  // namespace

void expect_integer_convolutions(Backend& backend) {
  constexpr double kLeastCosine = 0.99;  // of a few channels, each of which counts
  Target target;
  target.precision = kInt8;
  target.quantization.emplace().method = QuantizationMethod::Static;
  ASSERT_EQ(backend.supports(target), std::nullopt);
  for (const Case& item : cases_of("ConvolutionalNetwork")) {
    SCOPED_TRACE(item.name);
    const auto own = std::make_shared<testing::MemoryParameters>(testing::random_parameters(item.graph, 3));
    passes::FoldedGraph folded = passes::fold_batch_norm(item.graph);
    ir::FoldedParameters weights(own, std::move(folded.convolutions));
    Build build{.target = target, .shapes = item.axes, .threads = 1};
    std::vector<Batch> batches(2);
    for (std::size_t i = 0; i < batches.size(); ++i)
      batches[i] = {.tensors = item.inputs(i + 1), .axes = item.axes, .work = {}};
    build.ranges = calibrate(backend, folded.graph, weights, build, batches);
    backend.build(folded.graph, weights, build);
    const NamedTensors inputs = item.inputs(2);
    const NamedTensors expected = ir::interpret(item.graph, *own, item.axes, inputs);
    for (const auto& [name, values] : run_pass(backend, 0, item.axes, inputs))
      EXPECT_GT(cosine(values.f32(), expected.at(name).f32()), kLeastCosine) << name;
    const EngineReport report = report_of(backend);
    EXPECT_NE(report.effective_precision.find(kInt8), std::string::npos) << report.effective_precision;
    EXPECT_GT(report.details.at("quantization").at("convolutions_quantized").get<int>(), 0)
        << report.details.dump();
  }
}

}  // namespace medbench::conformance
