#include "campaign/deployment_file.hpp"

#include <array>
#include <fmt/format.h>
#include <system_error>

#include "base/error.hpp"
#include "base/file.hpp"

namespace medbench {

namespace {

constexpr const char* kUsual = "configs/deployment/edge_cpu_int8.json";

}  // namespace

std::optional<Deployment> find_deployment(bool int8, const std::optional<std::string>& asked,
                                          const std::filesystem::path& share) {
  if (!int8) return std::nullopt;
  if (asked) return read_deployment(absolute_path(*asked));
  for (const auto& folder : std::array{std::filesystem::path("."), share}) {
    const std::string file = absolute_path((folder / kUsual).string());
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) continue;
    Deployment found = read_deployment(file);
    found.names_method = false;  // nobody said so of this run
    found.warnings.insert(found.warnings.begin(), fmt::format("int8 rounds as {} says", printable(file)));
    return found;
  }
  return std::nullopt;
}

}  // namespace medbench
