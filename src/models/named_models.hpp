// The table of models that have a name here, with their exact architectures.
#pragma once

#include <span>
#include <string_view>

#include "base/json.hpp"

namespace medbench {

struct NamedModel {
  std::string_view name;    // "biobert"
  std::string_view hub_id;  // "monologg/biobert_v1.1_pubmed"; empty: its weights are on no hub
  std::string_view meaning;
  std::string_view config;  // the exact architecture, as its family reads it
};

std::span<const NamedModel> model_table();
// By name or hub id; null when it is in no row.
const NamedModel* find_named_model(std::string_view name);

// The row's configuration with what is wanted otherwise: values for some of its keys. Throws Usage whose
// subject is the key, for one that the row does not have or a value of another type.
Json config_of(const NamedModel& model, const Json& otherwise);

}  // namespace medbench
