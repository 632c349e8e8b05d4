// What the reference backend answers besides numbers.
#include "backend/reference/reference_backend.hpp"

#include <gtest/gtest.h>

#include "backend/pass.hpp"
#include "ir/builder.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/parameters.hpp"

namespace medbench {
namespace {

Target target_for(const std::string& device, const std::string& precision) {
  Target target;
  target.device = device;
  target.precision = precision;
  return target;
}

ir::Graph silu_graph() {
  ir::GraphBuilder graph("silu");
  graph.output("y", graph.silu(graph.input("x", DType::F32, {ir::kBatch})));
  return graph.build();
}

TEST(ReferenceBackend, DescribesTheCpu) {
  const Capabilities capabilities = make_reference_backend()->describe();
  EXPECT_EQ(capabilities.backend, "reference");
  ASSERT_EQ(capabilities.devices.size(), 1U);
  EXPECT_EQ(capabilities.devices[0].id, "cpu");
  EXPECT_FALSE(capabilities.devices[0].name.empty());
  EXPECT_GT(capabilities.devices[0].memory_mb, 0);
  EXPECT_EQ(capabilities.devices[0].precisions, (std::vector<std::string>{"fp32", "bf16"}));
}

TEST(ReferenceBackend, RefusesWithAReason) {
  const auto backend = make_reference_backend();
  EXPECT_EQ(backend->supports(target_for("cpu", "bf16")), std::nullopt);
  EXPECT_EQ(backend->supports(target_for("cuda", "fp32")),
            "the reference interpreter runs on the cpu only, not on cuda");
  EXPECT_EQ(backend->supports(target_for("cpu", "int8")),
            "the reference interpreter runs fp32 and bf16, not int8");
  testing::MemoryParameters parameters;
  const Target target = target_for("cpu", "int8");
  testing::expect_error(ErrorKind::Unsupported, "not int8", [&] {
    backend->build(silu_graph(), parameters, Build{target, Axes{{Axis::Batch, 1}}, 1});
  });
}

TEST(ReferenceBackend, ReportsThePrecisionOfItsGraph) {
  const auto backend = make_reference_backend();
  testing::MemoryParameters parameters;
  for (const char* precision : {"fp32", "bf16"}) {
    const Target target = target_for("cpu", precision);
    backend->build(silu_graph(), parameters, Build{target, Axes{{Axis::Batch, 1}}, 1});
    EXPECT_EQ(report_of(*backend).effective_precision, precision);
  }
}

TEST(ReferenceBackend, RefusesToRunOutOfOrder) {
  const auto backend = make_reference_backend();
  testing::expect_error(ErrorKind::Internal, "before build()", [&] { backend->bind(0, {}); });
  testing::MemoryParameters parameters;
  const Target target = target_for("cpu", "fp32");
  backend->build(silu_graph(), parameters, Build{target, Axes{{Axis::Batch, 1}}, 1});
  testing::expect_error(ErrorKind::Internal, "slot 3 holds no inputs", [&] { backend->enqueue(3); });
  testing::expect_error(ErrorKind::Internal, "slot 0 was not the last to run", [&] {
    NamedTensors outputs;
    backend->read(0, outputs);
  });
}

}  // namespace
}  // namespace medbench
