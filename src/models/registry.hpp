// How what the user asked for becomes a folder, a named architecture with weights of a file, or one with
// synthetic weights.
#pragma once

#include <functional>
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
  std::optional<std::string> file;      // of a named architecture; goes before the policy
  std::optional<std::string> revision;  // of a model of the hub: a branch, a tag or a commit
  bool with_tokenizer = false;          // without one there is something to download
};

// Puts a model of the hub at a revision into the local hub cache. Throws why it cannot: that is told to the
// user and stops nothing that goes without, unless it is Runtime (an interruption).
using FetchModel = std::function<void(const std::string& hub_id, const std::string& revision)>;

struct ResolvedModel {
  ModelRef reference;
  bool synthetic = false;
  std::string note;  // one loud line when weights are synthetic because no checkpoint was found; else empty
};

// `asked` is a name of the table, a folder, or a hub id. What is not whole in the local hub cache is
// downloaded with `fetch`, where there is one; what is whole is used as it is. Throws Usage with what was
// looked for, where, and what to do.
ResolvedModel resolve_model(std::string_view asked, const WeightsChoice& weights,
                            const FetchModel& fetch = {});

}  // namespace medbench
