#include "report/int8_advice.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <vector>

#include "base/error.hpp"
#include "base/precision.hpp"

namespace medbench {

namespace {

constexpr std::array<std::string_view, 3> kConvolveIntegers{"onnxruntime", "openvino", "torch"};

auto place_of(const Result& row) {
  return std::tie(row.job.work.model.name, row.job.target.backend, row.device);
}

bool is_static(const Result& row) {
  const auto& quantization = row.job.target.quantization;
  return quantization && quantization->method == QuantizationMethod::Static;
}

// What of the row computed in floating point, by its method and not by what was asked for; empty: nothing.
std::string_view left_in_floating_point(const Result& row) {
  const Target& target = row.job.target;
  const Quantization quantization = target.quantization.value_or(Quantization{});
  if (row.status != Status::Ok || target.precision != kInt8 ||
      quantization.method != QuantizationMethod::Dynamic)
    return {};
  if (row.job.work.axes.has(Axis::Height))
    return std::ranges::count(kConvolveIntegers, target.backend) > 0 ? "convolutions" : "";
  return row.effective_precision.find(kInt8Weights) == std::string::npos ? "" : "products";
}

}  // namespace

std::string render_int8_advice(std::span<const Result> results) {
  std::string text;
  std::vector<const Result*> told;
  for (const Result& row : results) {
    const std::string_view what = left_in_floating_point(row);
    const auto is_there = [&](const Result& other) { return place_of(other) == place_of(row); };
    const bool is_known = std::ranges::any_of(
        results, [&](const Result& other) { return is_there(other) && is_static(other); });
    const bool is_told = std::ranges::any_of(told, [&](const Result* other) { return is_there(*other); });
    if (what.empty() || is_known || is_told) continue;
    told.push_back(&row);
    const std::string& model = row.job.work.model.name;
    const std::string& backend = row.job.target.backend;
    text +=
        printable(fmt::format("{} {} {}: {} stayed in floating point, which calibrated ranges make integers "
                              "of: medbench matrix --models {} --backend {} --precision int8 --int8 static",
                              short_name(row.job.work.model), backend, precision_label(row.job.target), what,
                              model, backend),
                  500) +
        "\n";
  }
  return text;
}

}  // namespace medbench
