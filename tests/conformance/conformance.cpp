#include "tests/conformance/conformance.hpp"

#include <algorithm>
#include <cstdint>
#include <gtest/gtest.h>
#include <optional>
#include <utility>

#include "backend/pass.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "ir/interpreter.hpp"
#include "measure/product_peak.hpp"
#include "passes/passes.hpp"
#include "passes/precision.hpp"
#include "tests/conformance/case_builder.hpp"
#include "tests/conformance/cases.hpp"
#include "tests/conformance/exceptions.hpp"
#include "tests/conformance/families.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/parameters.hpp"
#include "tests/support/tiny_bert.hpp"

namespace medbench::conformance {
namespace {

using testing::batch_seq;

constexpr std::uint64_t kParameterSeed = 100;
constexpr std::uint64_t kFirstSeed = 1;
constexpr std::uint64_t kSecondSeed = 2;

Bound bound_of(const Suite& suite, Oracle oracle) {
  for (const Family& row : kFamilies) {
    if (row.name != suite.family) continue;
    if (suite.precision == "fp32") return row.fp32;
    if (suite.precision == "fp16" && oracle == Oracle::SamePrecision) return row.fp16;
    if (suite.precision == "fp16") {
      constexpr double kFiner = kFp16Unit / kBf16Unit;
      return {row.bf16_against_fp32.absolute * kFiner, row.bf16_against_fp32.relative * kFiner};
    }
    if (suite.precision == kInt8) return row.int8.value_or(row.fp32);
    if (suite.precision == "bf16") return oracle == Oracle::Fp32 ? row.bf16_against_fp32 : row.bf16;
  }
  throw internal_error("no bound is stated for {} in {}", suite.family, suite.precision);
}

// Every tensor that a parameter of the graph is made of. Those of concatenated parameters are declared as
// parameters of their own.
testing::MemoryParameters parameters_for(ir::Graph graph) {
  std::erase_if(graph.values, [](const ir::Value& value) { return value.parts.size() > 1; });
  return testing::MemoryParameters{testing::random_parameters(graph, kParameterSeed)};
}

void run_case(Backend& backend, const Case& item, const Target& target, std::int64_t threads,
              DType oracle_dtype, const Bound& bound) {
  testing::MemoryParameters parameters = parameters_for(item.graph);
  const ir::Interpreter oracle(passes::lower_precision(item.graph, oracle_dtype), parameters, item.axes);
  const NamedTensors first_expected = oracle.run(item.inputs(kFirstSeed));
  const NamedTensors second_expected = oracle.run(item.inputs(kSecondSeed));

  const Case taken = as_taken_by(backend, target, item);
  const NamedTensors first = taken.inputs(kFirstSeed);
  const NamedTensors second = taken.inputs(kSecondSeed);
  backend.build(taken.graph, parameters, Build{target, taken.axes, threads});
  testing::expect_close(run_pass(backend, 0, taken.axes, first), first_expected, bound);
  NamedTensors outputs = run_pass(backend, 1, taken.axes, second);
  testing::expect_close(outputs, second_expected, bound);
  // Nothing of the other pass is left, neither in the slot nor where its outputs were.
  backend.enqueue(0);
  backend.wait(0);
  backend.read(0, outputs);
  testing::expect_close(outputs, first_expected, bound);
  // A slot is written again, and its room stays what it was.
  backend.write(0, second);
  testing::expect_close(run_pass(backend, 0), second_expected, bound);
}

// The first is the least of the shapes and the last the most.
void run_shapes(Backend& backend, const Target& target, const ir::Graph& graph,
                const std::vector<Axes>& shapes, const std::function<NamedTensors(const Axes&)>& inputs_of) {
  testing::MemoryParameters parameters = parameters_for(graph);
  backend.build(graph, parameters, Build{target, {shapes.front(), shapes.back()}, 1});
  for (std::size_t slot = 0; slot < shapes.size(); ++slot) {
    backend.bind(slot, shapes[slot]);
    backend.write(slot, inputs_of(shapes[slot]));
  }
  for (std::size_t slot = 0; slot < shapes.size(); ++slot) {
    SCOPED_TRACE(to_string(shapes[slot]));
    const ir::Interpreter oracle(graph, parameters, shapes[slot]);
    testing::expect_close(run_pass(backend, slot), oracle.run(inputs_of(shapes[slot])), {3e-5, 1e-5});
  }
}

// The first half row of each text, where the rows of all texts lie one after the other.
ir::Graph packed_rows() {
  ir::GraphBuilder graph("packed");
  const ir::ValueId rows = graph.silu(graph.input("rows", DType::F32, {ir::kTokens, 4}));
  graph.output("offsets", graph.silu(graph.input("offsets", DType::F32, {ir::kBatch + 1})));
  graph.output("halves", graph.slice(graph.reshape(rows, {ir::kTokens * 2, 2}), 0, 0, ir::kBatch));
  return graph.build();
}

}  // namespace

std::vector<Suite> all_suites(const std::vector<std::string>& precisions) {
  std::vector<Suite> suites;
  for (const Family& row : kFamilies) {
    for (const std::string& precision : precisions) suites.push_back({std::string{row.name}, precision});
  }
  return suites;
}

std::vector<Suite> text_suites(const std::vector<std::string>& precisions) {
  std::vector<Suite> suites = all_suites(precisions);
  const auto images = std::ranges::find(suites, "Convolution", &Suite::family);  // and all behind it
  suites.erase(images, suites.end());
  return suites;
}

std::vector<Suite> image_suites(const std::vector<std::string>& precisions) {
  std::vector<Suite> suites = all_suites(precisions);
  suites.erase(suites.begin(), std::ranges::find(suites, "Convolution", &Suite::family));
  return suites;
}

std::string name_of(const Suite& suite) {
  return suite.family + "_" + suite.precision;
}

void run_suite(const BackendFactory& make_backend, const Suite& suite, const SuiteOptions& options) {
  const Bound bound = options.bound ? *options.bound : bound_of(suite, options.oracle);
  const bool runs_fp32 = options.oracle == Oracle::Fp32 || suite.precision == kInt8;
  const DType dtype = runs_fp32 ? DType::F32 : passes::dtype_of_precision(suite.precision).value();
  const ExpectedRefusal* const expected = find_refusal(options, suite.precision);
  const LeftOutCases* left_out = nullptr;
  bool has_run = false;
  for (const Case& item : cases_of(suite.family)) {
    if (const LeftOutCases* const row = find_left_out(options, suite, item)) {
      left_out = row;
      continue;
    }
    SCOPED_TRACE(item.name);
    const std::unique_ptr<Backend> backend = make_backend();
    Target target;
    target.device = options.device;
    target.precision = suite.precision;
    target.options = options.options;
    if (const Refusal refusal = backend->supports(target)) {
      if (expected != nullptr && refusal->find(expected->says) != std::string::npos) GTEST_SKIP() << *refusal;
      FAIL() << "no row of the table of exceptions expects this refusal: " << *refusal;
    }
    ASSERT_TRUE(expected == nullptr || expected->may_run)
        << "it was to refuse, saying \"" << expected->says
        << "\": take its row out of the table of exceptions";
    has_run = true;
    try {
      run_case(*backend, item, target, options.threads, dtype, bound);
      if (options.check) options.check(report_of(*backend));
      // What a runtime makes of integers is its own test's affair.
      const bool is_model = suite.family == "Encoder" || (suite.family == "ConvolutionalNetwork" &&
                                                          !convolves_in_fp32(options, suite.precision));
      if (is_model && suite.precision != kInt8) {
        // Alone, or in a mixture where the runtime computes some of it in fp32.
        const std::string ran = report_of(*backend).effective_precision;
        EXPECT_NE(ran.find(suite.precision), std::string::npos) << ran;
      }
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
  }
  if (has_run) return;
  ASSERT_NE(left_out, nullptr) << "the family has no cases";
  GTEST_SKIP() << left_out->reason;
}

void expect_open_axes(Backend& backend, const Target& target) {
  if (const Refusal refusal = backend.supports(target)) {
    ASSERT_NE(target.device, "cpu") << *refusal;
    GTEST_SKIP() << *refusal;
  }
  const testing::TinyBert bert{
      "encoder", testing::tiny_config(16, 1, 4, ir::Activation::GeluErf), true, {}, testing::Mask::Padded};
  const auto texts = [&](const Axes& axes) { return bert.inputs(axes, kFirstSeed); };
  run_shapes(backend, target, bert.graph(), {batch_seq(1, 7), batch_seq(3, 7), batch_seq(4, 7)}, texts);
  run_shapes(backend, target, bert.graph(), {batch_seq(2, 3), batch_seq(2, 5), batch_seq(4, 5)}, texts);
  const ir::Graph packed = packed_rows();
  const auto rows = [&](const Axes& axes) { return random_inputs(packed, axes, {}, kFirstSeed); };
  run_shapes(backend, target, packed,
             {{{Axis::Batch, 1}, {Axis::Tokens, 3}},
              {{Axis::Batch, 4}, {Axis::Tokens, 6}},
              {{Axis::Batch, 5}, {Axis::Tokens, 9}}},
             rows);
}

void expect_open_batches_of_images(Backend& backend) {
  for (const Case& item : cases_of("ConvolutionalNetwork")) {
    SCOPED_TRACE(item.name);
    const auto images = [&](const Axes& axes) { return random_inputs(item.graph, axes, {}, kFirstSeed); };
    run_shapes(backend, Target{}, item.graph, {{{Axis::Batch, 1}}, {{Axis::Batch, 3}}, {{Axis::Batch, 4}}},
               images);
  }
}

void expect_own_kernels_to_be_an_option(Backend& backend, const std::string& option,
                                        const std::string& runtime) {
  const Case item = cases_of("Encoder").front();
  testing::MemoryParameters parameters = parameters_for(item.graph);
  const auto name_with = [&](const Target& target) {
    EXPECT_EQ(backend.supports(target), std::nullopt);
    backend.build(item.graph, parameters, Build{target, item.axes, 1});
    run_pass(backend, 0, item.axes, item.inputs(kFirstSeed));
    return report_of(backend).runtime.name;
  };
  Target target;
  EXPECT_EQ(name_with(target), runtime) << "they have nothing to do in fp32 on the CPU";
  target.precision = kInt8;
  target.quantization = Quantization{};
  target.quantization->group_size = 32;
  EXPECT_EQ(name_with(target), runtime + "+medbench");
  target.options[option] = "off";
  testing::expect_error(ErrorKind::Unsupported, option + "=off", [&] { name_with(target); });
  target.quantization->reduced_range = ReducedRange::On;
  target.quantization->group_size = kAutoGroup;
  EXPECT_EQ(name_with(target), runtime) << "whole tensors are the runtime's own work";
  EXPECT_EQ(report_of(backend).effective_precision, "int8");
  target.options.clear();
  EXPECT_EQ(name_with(target), runtime + "+medbench") << "by default";
}

void expect_peak(Backend& backend) {
  SteadyClock clock;
  const Target target;
  ASSERT_EQ(backend.supports(target), std::nullopt);
  EXPECT_GT(product_peak_gflops(backend, clock, target, 1, 64), 0);
}

}  // namespace medbench::conformance
