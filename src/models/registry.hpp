// The table of models that have a name here, and how what the user asked for becomes a folder or synthetic
// weights.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "job/job.hpp"

namespace medbench {

struct NamedModel {
  std::string_view name;    // "biobert"
  std::string_view hub_id;  // "monologg/biobert_v1.1_pubmed"
  std::string_view meaning;
  std::string_view config;  // its config.json: the exact architecture, for synthetic weights
};

std::span<const NamedModel> model_table();
// By name or hub id; null when it is in no row.
const NamedModel* find_named_model(std::string_view name);

enum class WeightsPolicy {
  Auto,
  Require,
  Synthetic
};  // checkpoint if found; only a checkpoint; never a checkpoint

struct ResolvedModel {
  ModelRef reference;
  bool synthetic = false;
  std::string note;  // one loud line when weights are synthetic because no checkpoint was found; else empty
};

// `asked` is a name of the table, a folder, or a hub id that is in the local hub cache. Throws Usage with
// what was looked for, where, and what to do.
ResolvedModel resolve_model(std::string_view asked, WeightsPolicy policy);

}  // namespace medbench
