#include "job/deployment.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <string_view>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/user_path.hpp"

namespace medbench {

namespace {

// A configuration is a page of text.
constexpr std::size_t kMostBytes = std::size_t{1} << 20;
constexpr std::int64_t kMostThreads = 4096;

constexpr std::string_view kMethod = "quantization_method";
constexpr std::string_view kBits = "quantization_bits";
constexpr std::string_view kThreads = "threads";
constexpr std::string_view kMemory = "memory_efficient";
constexpr std::string_view kRange = "reduced_range";
constexpr std::string_view kGroup = "group_size";
constexpr std::string_view kBatches = "calibration_batches";
constexpr std::string_view kFile = "calibration_file";
constexpr std::string_view kColumn = "calibration_column";
constexpr std::array kKeys{kMethod, kBits, kThreads, kMemory, kRange, kGroup, kBatches, kFile, kColumn};
constexpr std::array kStaticKeys{kBatches, kFile, kColumn};

void find_warnings(const Json& json, std::string_view origin, Deployment& deployment) {
  const QuantizationMethod method = deployment.quantization.method;
  for (const auto& [key, value] : json.items()) {
    if (std::ranges::find(kKeys, key) == kKeys.end()) {
      deployment.warnings.push_back(
          fmt::format("{}: key \"{}\" is not known and has no effect", origin, printable(key, 60)));
    } else if (method != QuantizationMethod::Static && !value.is_null() &&
               std::ranges::find(kStaticKeys, key) != kStaticKeys.end()) {
      deployment.method_warnings.push_back(fmt::format("{}: key \"{}\" has no effect with {} \"{}\"", origin,
                                                       key, kMethod, to_string(method)));
    }
  }
}

}  // namespace

Deployment read_deployment(const std::filesystem::path& path) {
  const Json json = read_json_file(path, kMostBytes);
  const std::string origin = path.string();
  Deployment deployment;
  Quantization& quantization = deployment.quantization;
  if (const auto method = find_string(json, kMethod, origin)) {
    quantization.method = quantization_method_from(*method, kMethod, origin);
    deployment.names_method = true;
  }
  if (const auto bits = find_int(json, kBits, origin))
    quantization.bits = quantization_bits_from(*bits, kBits, origin);
  if (const auto range = find_string(json, kRange, origin))
    quantization.reduced_range = reduced_range_from(*range, kRange, origin);
  if (const auto size = find_int(json, kGroup, origin))
    quantization.group_size = group_size_from(*size, kGroup, origin);
  if (quantization.method == QuantizationMethod::Static && quantization.group_size > 0) {
    throw usage_error("{}: \"{}\" is {}, but \"static\" has no groups: take 0, or another \"{}\"", origin,
                      kGroup, quantization.group_size, kMethod);
  }
  if (const auto batches = find_int(json, kBatches, origin))
    quantization.calibration_batches = calibration_batches_from(*batches, kBatches, origin);
  quantization.memory_efficient = find_bool(json, kMemory, origin).value_or(false);
  if (const auto file = find_string(json, kFile, origin); file && !file->empty())
    quantization.calibration_file = (path.parent_path() / expand_user(*file)).lexically_normal().string();
  quantization.calibration_column = find_string(json, kColumn, origin).value_or("");
  deployment.threads = find_int(json, kThreads, origin);
  if (deployment.threads && (*deployment.threads < 0 || *deployment.threads > kMostThreads)) {
    throw usage_error("{}: \"{}\" is {}, not in 0 to {}", origin, kThreads, *deployment.threads,
                      kMostThreads);
  }
  find_warnings(json, origin, deployment);
  return deployment;
}

Deployment with_method(Deployment deployment, QuantizationMethod method) {
  Quantization& quantization = deployment.quantization;
  if (quantization.method == method) return deployment;
  quantization.method = method;
  deployment.method_warnings.clear();
  if (method == QuantizationMethod::Static && quantization.group_size > 0) {
    deployment.method_warnings.push_back(
        fmt::format("\"{}\": {} is left out of the int8 row with method {}, which has no groups", kGroup,
                    quantization.group_size, to_string(method)));
    quantization.group_size = kAutoGroup;
  }
  return deployment;
}

}  // namespace medbench
