#include "models/family.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "models/bert.hpp"
#include "models/distilbert.hpp"
#include "models/image_network.hpp"

namespace medbench {
namespace {

constexpr std::size_t kMaxConfigBytes = std::size_t{1} << 20U;

constexpr std::array kFamilies{&kBertFamily,
                               &kDistilBertFamily,
                               &kTinyCnnFamily,
                               &kTorchvisionResnetFamily,
                               &kTorchvisionDensenetFamily,
                               &kMonaiDynunetFamily};

std::string known_families() {
  std::string names;
  for (const ModelFamily* family : kFamilies) names.append(names.empty() ? "" : ", ").append(family->name);
  return names;
}

}  // namespace

std::span<const ModelFamily* const> model_families() {
  return kFamilies;
}

std::string architecture_of(const Json& config, std::string_view origin) {
  const auto found = config.find("architectures");
  if (found == config.end() || found->is_null()) return {};
  const bool strings = found->is_array() && std::all_of(found->begin(), found->end(),
                                                        [](const Json& name) { return name.is_string(); });
  if (!strings) throw usage_error("{}: \"architectures\" must be an array of strings", origin);
  return found->empty() ? std::string() : found->front().get<std::string>();
}

Json read_config(const std::string& path) {
  return read_json_file(path, kMaxConfigBytes, JsonDialect::Python);
}

const ModelFamily& family_of(const Json& config, std::string_view origin) {
  const auto type = find_string(config, "model_type", origin);
  const std::string architecture = architecture_of(config, origin);
  if (!type && architecture.empty())
    return kBertFamily;  // the first files of all say nothing, and are BERT's
  const auto found = std::find_if(kFamilies.begin(), kFamilies.end(), [&](const ModelFamily* family) {
    return type ? *type == family->name
                : !family->classes.empty() && architecture.starts_with(family->classes);
  });
  if (found != kFamilies.end()) return **found;
  throw usage_error("{}: \"{}\" is {}; medbench reads models of type {}", origin,
                    type ? "model_type" : "architectures", printable(type ? *type : architecture, 60),
                    known_families());
}

}  // namespace medbench
