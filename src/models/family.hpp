// The table of model families: what of the Hugging Face models of one type is built here, and how.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "data/checkpoint.hpp"
#include "models/model.hpp"

namespace medbench {

// What a family makes a model from.
struct ModelSource {
  std::string name;
  const Json& config;                         // config.json
  std::string_view origin;                    // of the config, for messages
  ir::ParameterSource* checkpoint = nullptr;  // null: synthetic weights, and every part is there
  Axes axes{};                                // depth, height and width, which a graph has as numbers
};

struct ModelFamily {
  std::string_view name;     // "model_type" of config.json
  std::string_view classes;  // what the names of its classes begin with, in "architectures"; may be empty
  // The axes that a user can ask for, each with its usual size. Throws Usage.
  Axes (*usual)(const Json& config, std::string_view origin);
  std::span<const Renaming> renamings;  // from the tensors of a checkpoint to the parameters of the graph
  std::string_view anchor;              // a parameter that all its models have
  Model (*build)(
      const ModelSource& source);  // without weights; throws Usage and Unsupported with origin and key
};

std::span<const ModelFamily* const> model_families();

// The first of "architectures"; empty when there is none. Throws Usage.
std::string architecture_of(const Json& config, std::string_view origin);

// By "model_type", and in early files, which have none, by "architectures". Throws Usage with the families
// that are there.
const ModelFamily& family_of(const Json& config, std::string_view origin);
// A config.json, as transformers writes it. Throws Usage.
Json read_config(const std::string& path);

}  // namespace medbench
