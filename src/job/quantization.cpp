#include "job/quantization.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/error.hpp"

namespace medbench {

namespace {

template <class Value>
struct Name {
  Value value;
  std::string_view name;
};

constexpr std::array kMethods{
    Name<QuantizationMethod>{QuantizationMethod::Dynamic, "dynamic"},
    Name<QuantizationMethod>{QuantizationMethod::WeightOnly, "weight_only"},
    Name<QuantizationMethod>{QuantizationMethod::Static, "static"},
};
constexpr std::array kAllMethods{QuantizationMethod::Dynamic, QuantizationMethod::Static,
                                 QuantizationMethod::WeightOnly};
constexpr std::string_view kWeightOnlyWord = "weight-only";
constexpr std::array<std::int64_t, 5> kGroupSizes{0, 32, 64, 128, 256};
constexpr std::array kRanges{
    Name<ReducedRange>{ReducedRange::Auto, "auto"},
    Name<ReducedRange>{ReducedRange::On, "on"},
    Name<ReducedRange>{ReducedRange::Off, "off"},
};

template <class Table, class Value>
std::string_view name_of(const Table& table, Value value) {
  for (const auto& row : table) {
    if (row.value == value) return row.name;
  }
  throw internal_error("a value without a name");
}

template <class Table>
auto value_of(const Table& table, std::string_view text, std::string_view key, std::string_view origin) {
  std::string names;
  for (const auto& row : table) {
    if (row.name == text) return row.value;
    names += (names.empty() ? "" : ", ") + std::string(row.name);
  }
  throw usage_error("{}: \"{}\" is \"{}\", not one of: {}", origin, key, printable(text), names);
}

}  // namespace

std::string_view to_string(QuantizationMethod method) {
  return name_of(kMethods, method);
}

std::string_view option_word(QuantizationMethod method) {
  return method == QuantizationMethod::WeightOnly ? kWeightOnlyWord : to_string(method);
}

std::optional<QuantizationMethod> find_quantization_method(std::string_view word) {
  for (const QuantizationMethod method : kAllMethods) {
    if (word == to_string(method) || word == option_word(method)) return method;
  }
  return std::nullopt;
}

std::span<const QuantizationMethod> quantization_methods() {
  return kAllMethods;
}

std::string_view to_string(ReducedRange range) {
  return name_of(kRanges, range);
}

QuantizationMethod quantization_method_from(std::string_view text, std::string_view key,
                                            std::string_view origin) {
  return value_of(kMethods, text, key, origin);
}

ReducedRange reduced_range_from(std::string_view text, std::string_view key, std::string_view origin) {
  return value_of(kRanges, text, key, origin);
}

std::int64_t quantization_bits_from(std::int64_t bits, std::string_view key, std::string_view origin) {
  if (bits == 8 || bits == 4) return bits;
  throw usage_error("{}: \"{}\" is {}, not 8 or 4", origin, key, bits);
}

std::int64_t group_size_from(std::int64_t size, std::string_view key, std::string_view origin) {
  if (std::ranges::find(kGroupSizes, size) != kGroupSizes.end()) return size;
  throw usage_error("{}: \"{}\" is {}, not one of: {}", origin, key, size, fmt::join(kGroupSizes, ", "));
}

std::int64_t calibration_batches_from(std::int64_t count, std::string_view key, std::string_view origin) {
  if (count >= 1 && count <= kMostCalibrationBatches) return count;
  throw usage_error("{}: \"{}\" is {}, not in 1 to {}", origin, key, count, kMostCalibrationBatches);
}

Json to_json(const Quantization& quantization) {
  Json json = {{"method", to_string(quantization.method)},
               {"bits", quantization.bits},
               {"reduced_range", to_string(quantization.reduced_range)},
               {"memory_efficient", quantization.memory_efficient}};
  if (quantization.group_size != kAutoGroup) json["group_size"] = quantization.group_size;
  if (quantization.method == QuantizationMethod::Static) {
    json["calibration_batches"] = quantization.calibration_batches;
    json["calibration_file"] = quantization.calibration_file;
    json["calibration_column"] = quantization.calibration_column;
  }
  return json;
}

Quantization quantization_from_json(const Json& json, std::string_view origin) {
  Quantization result;
  if (const auto method = find_string(json, "method", origin))
    result.method = quantization_method_from(*method, "method", origin);
  if (const auto bits = find_int(json, "bits", origin))
    result.bits = quantization_bits_from(*bits, "bits", origin);
  if (const auto range = find_string(json, "reduced_range", origin))
    result.reduced_range = reduced_range_from(*range, "reduced_range", origin);
  if (const auto size = find_int(json, "group_size", origin))
    result.group_size = group_size_from(*size, "group_size", origin);
  if (const auto batches = find_int(json, "calibration_batches", origin))
    result.calibration_batches = calibration_batches_from(*batches, "calibration_batches", origin);
  result.memory_efficient = find_bool(json, "memory_efficient", origin).value_or(false);
  result.calibration_file = find_string(json, "calibration_file", origin).value_or("");
  result.calibration_column = find_string(json, "calibration_column", origin).value_or("");
  return result;
}

}  // namespace medbench
