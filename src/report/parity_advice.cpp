#include "report/parity_advice.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

#include "accuracy/parity_bounds.hpp"
#include "base/error.hpp"
#include "report/columns.hpp"

namespace medbench {

namespace {

bool fails(const Result& row) {
  return !parity_holds(row).value_or(true);
}

auto place_of(const Result& row) {
  return std::tie(row.job.work.model.name, row.job.target.backend, row.device);
}

// As the backend applied it, where it says so: the job leaves some of it open.
Quantization applied(const Result& row) {
  Quantization quantization = row.job.target.quantization.value_or(Quantization{});
  const auto backend = row.details.find("backend");
  if (backend == row.details.end() || !backend->is_object()) return quantization;
  const auto details = backend->find("quantization");
  if (details == backend->end() || !details->is_object()) return quantization;
  quantization.group_size = find_int(*details, "group_size", "details").value_or(quantization.group_size);
  return quantization;
}

// What keeps the answers where these settings lose them; empty where nothing does.
std::string settings_that_hold(const Result& row) {
  const auto method = [](QuantizationMethod value) {
    return fmt::format("give --int8 {}", option_word(value));
  };
  const auto file = [](std::string_view keys) {
    return fmt::format("give --deployment a file with {{{}}}", keys);
  };
  const Quantization now = applied(row);
  const auto& options = row.job.target.options;
  const auto is_off = [&](const auto& option) {
    return option.first.ends_with(".own_kernels") && option.second == "off";
  };
  // Whose kernels take groups of activations, too.
  const bool has_groups = (row.job.target.backend == "torch" || row.job.target.backend == "onnxruntime") &&
                          std::ranges::none_of(options, is_off);
  const bool is_grouped = now.group_size > 0;
  if (now.bits < 8) return file(R"("quantization_bits": 8)");
  if (now.method == QuantizationMethod::WeightOnly) {
    const bool is_finest = is_grouped && now.group_size <= 32;
    return is_finest ? "" : file(R"("quantization_method": "weight_only", "group_size": 32)");
  }
  const bool is_of_images = row.job.work.axes.has(Axis::Height);
  if (is_grouped || is_of_images) return method(QuantizationMethod::WeightOnly);
  if (has_groups) return file(R"("quantization_method": "dynamic", "group_size": 64)");
  return method(now.method == QuantizationMethod::Static ? QuantizationMethod::WeightOnly
                                                         : QuantizationMethod::Static);
}

bool is_same(const Result& a, const Result& b) {
  return place_of(a) == place_of(b) && precision_label(a.job.target) == precision_label(b.job.target);
}

// "here it holds in fp32; for int8 that holds, give --int8 static"; empty where nothing is known to help.
std::string remedy_of(const Result& row, std::span<const Result> results) {
  std::vector<std::string> holding;
  for (const Result& other : results) {
    const std::string label = precision_label(other.job.target);
    if (place_of(other) != place_of(row) || !parity_holds(other).value_or(false)) continue;
    const auto breaks = [&](const Result& any) {
      return place_of(any) == place_of(row) && precision_label(any.job.target) == label && fails(any);
    };
    const bool is_new = std::ranges::count(holding, label) == 0;
    if (is_new && std::ranges::none_of(results, breaks)) holding.push_back(label);
  }
  std::string text;
  for (const auto& label : holding) text.append(text.empty() ? "here it holds in " : ", ").append(label);
  if (row.job.target.precision != kInt8) {
    return text.empty() && row.job.target.precision != kFp32 ? "try --precision fp32" : text;
  }
  const bool has_int8 =
      std::ranges::any_of(holding, [](const std::string& label) { return label.starts_with(kInt8); });
  const std::string settings = settings_that_hold(row);
  if (settings.empty() || has_int8) return text;
  return fmt::format("{}{}for int8 that holds, {}", text, text.empty() ? "" : "; ", settings);
}

}  // namespace

std::vector<ParityRemedy> find_parity_remedies(std::span<const Result> results) {
  std::vector<ParityRemedy> remedies;
  for (const Result& row : results) {
    if (fails(row) && find_remedy(remedies, row) == nullptr)
      remedies.push_back({.row = &row, .text = remedy_of(row, results)});
  }
  return remedies;
}

const ParityRemedy* find_remedy(std::span<const ParityRemedy> remedies, const Result& row) {
  if (!fails(row)) return nullptr;
  const auto found =
      std::ranges::find_if(remedies, [&](const ParityRemedy& remedy) { return is_same(*remedy.row, row); });
  return found == remedies.end() ? nullptr : &*found;
}

std::string render_parity_advice(std::span<const Result> results) {
  std::string text;
  for (const ParityRemedy& remedy : find_parity_remedies(results)) {
    const Result& row = *remedy.row;
    std::size_t all = 0;
    std::size_t failing = 0;
    double least = 1;
    for (const Result& other : results) {
      if (!is_same(other, row) || !parity_holds(other)) continue;
      ++all;
      if (!fails(other)) continue;
      ++failing;
      least = std::min(least, other.metrics.get("acc_cosine").value_or(least));
    }
    const ParityBound* bound = find_parity_bound(row.job.target.precision);
    text += printable(fmt::format("{} {} {} {}: parity fails in {} of {} row{}, cosine {:.4f}{}{}{}",
                                  name_of_model(row), row.job.target.backend, row.device,
                                  precision_label(row.job.target), failing, all, all == 1 ? "" : "s", least,
                                  bound == nullptr ? "" : fmt::format(" of {}", bound->least_cosine),
                                  remedy.text.empty() ? "" : "; ", remedy.text),
                      500) +
            "\n";
  }
  return text;
}

}  // namespace medbench
