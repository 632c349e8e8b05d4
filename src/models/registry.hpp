// How what the user asked for becomes a folder, a named architecture with weights of a file, or one with
// synthetic weights.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "job/job.hpp"
#include "models/named_models.hpp"

namespace medbench {

enum class WeightsPolicy {
  Auto,
  Require,
  Synthetic
};  // checkpoint if found; only a checkpoint; never a checkpoint

struct WeightsChoice {
  // NOLINTNEXTLINE(google-explicit-constructor): a policy is a choice
  WeightsChoice(WeightsPolicy wanted = WeightsPolicy::Auto) : policy(wanted) {}
  WeightsPolicy policy;
  std::optional<std::string> file;  // of a named architecture; goes before the policy
};

struct ResolvedModel {
  ModelRef reference;
  bool synthetic = false;
  std::string note;  // one loud line when weights are synthetic because no checkpoint was found; else empty
};

// `asked` is a name of the table, a folder, or a hub id that is in the local hub cache. Throws Usage with
// what was looked for, where, and what to do.
ResolvedModel resolve_model(std::string_view asked, const WeightsChoice& weights);

}  // namespace medbench
