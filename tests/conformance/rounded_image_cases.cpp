// Images of integers. All products fit into the 16 bits that processors without VNNI keep of two of them.
#include <fmt/core.h>
#include <optional>

#include "tests/conformance/case_builder.hpp"
#include "tests/conformance/image_filters.hpp"

namespace medbench::conformance {
namespace {

using ir::GraphBuilder;
using ir::ValueId;

constexpr std::int32_t kReducedWeight = 63;
constexpr ir::FakeQuantize kOfInput{.min = -1, .max = 1};
constexpr ir::FakeQuantize kOfResult{.min = -5, .max = 6};
constexpr ir::FakeQuantize kOfPositive{.min = 0, .max = 5};

ValueId convolved(GraphBuilder& graph, ValueId x, const Filter& filter, const std::string& name,
                  std::int32_t weight_max = kReducedWeight) {
  const ir::Shape shape = with_sizes({filter.out, filter.in / filter.groups}, filter.kernel);
  const ValueId weight = graph.parameter(name + "_weight", shape);
  std::optional<ValueId> bias;
  if (filter.bias) bias = graph.parameter(name + "_bias", {filter.out});
  return graph.quantized_convolution(
      x, weight, bias,
      {{filter.stride, filter.padding, filter.dilation, filter.groups, filter.bias}, weight_max});
}

// Of 3x3 that keep the size.
Filter plain(std::int64_t in, std::int64_t out) {
  return {"", 2, in, out, 1, {9, 7}, {3, 3}, {}, {1, 1}};
}

}  // namespace

std::vector<Case> fake_quantize_cases() {
  CaseBuilder cases;
  const auto add = [&](const std::string& name, const ir::FakeQuantize& op, double scale) {
    cases.add(name, batch(3),
              [&](GraphBuilder& graph) {
                return graph.fake_quantize(image(graph, 3, {5, 7}), op);
              },
              {.scale = scale});
  };
  add("symmetric", kOfInput, 1);
  add("values_beyond", {.min = -0.5, .max = 1}, 3);
  add("positive", kOfPositive, 6);
  add("negative", {.min = -2, .max = 0}, 2);
  add("of_7_bits", {.min = -1, .max = 1, .activation_max = 127}, 1);
  add("nothing", {}, 0.4);
  return cases.take();
}

std::vector<Case> quantized_convolution_cases() {
  CaseBuilder cases;
  for (const Filter& filter : filters()) {
    cases.add(filter.name, batch(filter.batch), [&](GraphBuilder& graph) {
      return convolved(graph, graph.fake_quantize(image(graph, filter.in, filter.size), kOfInput), filter,
                       "a");
    });
    cases.add(filter.name + "_to_integers", batch(filter.batch), [&](GraphBuilder& graph) {
      const ValueId x = graph.fake_quantize(image(graph, filter.in, filter.size), kOfInput);
      return graph.fake_quantize(convolved(graph, x, filter, "a"), kOfResult);
    });
  }
  cases.add("of_4_bits", batch(2), [](GraphBuilder& graph) {
    return convolved(graph, graph.fake_quantize(image(graph, 4, {9, 7}), kOfInput), plain(4, 8), "a", 7);
  });
  cases.add("of_numbers", batch(2), [](GraphBuilder& graph) {
    return convolved(graph, image(graph, 4, {9, 7}), plain(4, 8), "a");
  });
  cases.add("two_behind_each_other", batch(2), [](GraphBuilder& graph) {
    const ValueId x = graph.fake_quantize(image(graph, 4, {9, 7}), kOfInput);
    const ValueId y = graph.fake_quantize(convolved(graph, x, plain(4, 8), "a"), kOfPositive);
    return convolved(graph, y, plain(8, 3), "b");
  });
  cases.add("behind_a_maximum", batch(2), [](GraphBuilder& graph) {
    const ValueId x = graph.fake_quantize(image(graph, 4, {9, 7}), kOfInput);
    const ValueId y = graph.pool(x, {.kernel = {3, 3}, .stride = {2, 2}, .padding = {1, 1}});
    return convolved(graph, y, plain(4, 8), "a");
  });
  cases.add("read_as_numbers_too", batch(2), [](GraphBuilder& graph) {
    const ValueId x = graph.fake_quantize(image(graph, 4, {9, 7}), kOfInput);
    return graph.concatenate({convolved(graph, x, plain(4, 8), "a"), x}, 1);
  });
  // The addend is read by convolutions before, or by the very one that it is added to.
  cases.add("residual", batch(2), [](GraphBuilder& graph) {
    const ValueId x = graph.fake_quantize(image(graph, 4, {9, 7}), kOfInput);
    const ValueId y = graph.fake_quantize(convolved(graph, x, plain(4, 4), "a"), kOfPositive);
    const ValueId sum = graph.add(convolved(graph, y, plain(4, 4), "b"), x);
    return convolved(graph, graph.fake_quantize(sum, kOfPositive), plain(4, 3), "c");
  });
  cases.add("residual_of_its_own_image", batch(2), [](GraphBuilder& graph) {
    const ValueId x = graph.fake_quantize(image(graph, 4, {9, 7}), kOfInput);
    const ValueId sum = graph.add(x, convolved(graph, x, plain(4, 4), "a"));
    return convolved(graph, graph.fake_quantize(sum, kOfPositive), plain(4, 3), "b");
  });
  cases.add("residual_read_later", batch(2), [](GraphBuilder& graph) {
    const ValueId x = graph.fake_quantize(image(graph, 4, {9, 7}), kOfInput);
    const ValueId later = convolved(graph, x, plain(4, 4), "later");
    const ValueId y = graph.fake_quantize(convolved(graph, x, plain(4, 4), "a"), kOfPositive);
    const ValueId sum = graph.fake_quantize(graph.add(convolved(graph, y, plain(4, 4), "b"), x), kOfPositive);
    const ValueId both = graph.add(convolved(graph, sum, plain(4, 4), "c"), later);
    return graph.add(both, convolved(graph, graph.fake_quantize(later, kOfResult), plain(4, 4), "d"));
  });
  cases.add("two_branches_to_a_sum", batch(2), [](GraphBuilder& graph) {
    const ValueId x = graph.fake_quantize(image(graph, 4, {9, 7}), kOfInput);
    const ValueId a = convolved(graph, x, plain(4, 6), "a");
    const ValueId b = graph.fake_quantize(convolved(graph, x, plain(4, 6), "b"), kOfResult);
    return convolved(graph, graph.fake_quantize(graph.add(a, b), kOfPositive), plain(6, 3), "c");
  });
  return cases.take();
}

}  // namespace medbench::conformance
