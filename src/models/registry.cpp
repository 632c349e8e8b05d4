#include "models/registry.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <system_error>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "data/checkpoint.hpp"
#include "hub/hub.hpp"
#include "models/suggestion.hpp"

namespace medbench {
namespace {

namespace fs = std::filesystem;

// Both were trained on from BERT-base-cased and kept its architecture and vocabulary.
constexpr std::string_view kBertBaseCased =
    R"({"model_type": "bert", "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12,
        "intermediate_size": 3072, "vocab_size": 28996, "max_position_embeddings": 512, "type_vocab_size": 2,
        "layer_norm_eps": 1e-12, "hidden_act": "gelu"})";
constexpr std::string_view kDistilBertBaseCased =
    R"({"model_type": "distilbert", "dim": 768, "n_layers": 6, "n_heads": 12, "hidden_dim": 3072,
        "vocab_size": 28996, "max_position_embeddings": 512, "activation": "gelu"})";

constexpr std::array kModels{
    NamedModel{"biobert", "monologg/biobert_v1.1_pubmed", "BioBERT 1.1: BERT-base on PubMed abstracts",
               kBertBaseCased},
    NamedModel{"clinicalbert", "emilyalsentzer/Bio_ClinicalBERT",
               "Bio_ClinicalBERT: BioBERT on the clinical notes of MIMIC-III", kBertBaseCased},
    NamedModel{
        "distilbert", "distilbert/distilbert-base-cased",
        "DistilBERT: BERT-base distilled to half its layers; distilled biomedical encoders are of its family",
        kDistilBertBaseCased},
};

constexpr std::string_view kRequired = "a checkpoint is required (--weights require)";

std::string known_names() {
  std::string names;
  for (const auto& model : kModels) names.append(names.empty() ? "" : ", ").append(model.name);
  return names;
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;  // what cannot be looked at is no folder to read from
  return fs::is_directory(path, ignored);
}

// A folder always begins with . or /, or has a slash and is there: org/name is a hub id otherwise.
bool means_path(std::string_view asked) {
  if (asked.starts_with('.') || asked.starts_with('/')) return true;
  std::error_code ignored;
  return asked.find('/') != std::string_view::npos && fs::exists(fs::path(asked), ignored);
}

ResolvedModel resolve_folder(std::string_view asked, WeightsPolicy policy) {
  const fs::path folder(asked);
  const std::string shown = printable(asked);
  std::error_code ignored;
  if (!fs::exists(folder, ignored)) {
    throw usage_error(
        "there is no such folder; give a folder with config.json and model.safetensors, or one "
        "of: {}",
        known_names())
        .about(shown);
  }
  if (!is_folder(folder)) throw usage_error("it is a file; give the folder that holds it").about(shown);
  if (policy == WeightsPolicy::Synthetic) {
    throw usage_error("synthetic weights are made only for: {}", known_names()).about(shown);
  }
  if (!fs::exists(folder / "config.json", ignored)) {
    throw usage_error("the folder has no config.json, which says what the model is").about(shown);
  }
  return {{std::string(asked), absolute_path(folder.string())}, false, {}};
}

// A built-in architecture whose weights were looked for, unless that was not wanted, and not found.
ResolvedModel resolve_synthetic(std::string_view asked, WeightsPolicy policy, const std::string& reason) {
  ResolvedModel resolved{{std::string(asked), std::nullopt}, true, {}};
  if (policy == WeightsPolicy::Synthetic) return resolved;
  if (policy == WeightsPolicy::Require)
    throw usage_error("{}, but {}", kRequired, reason).about(printable(asked));
  resolved.note = fmt::format(
      "{}: SYNTHETIC WEIGHTS: {}; the exact architecture runs with seeded random weights, so latency is "
      "right and outputs "
      "mean nothing",
      printable(asked), reason);
  return resolved;
}

ResolvedModel resolve_named(std::string_view asked, const NamedModel& model, WeightsPolicy policy) {
  if (policy == WeightsPolicy::Synthetic) return resolve_synthetic(asked, policy, {});
  const auto snapshot = find_in_hub_cache(model.hub_id);
  if (!snapshot) {
    return resolve_synthetic(
        asked, policy,
        fmt::format("{} is not in the hub cache {}", model.hub_id, hub_cache_directory().string()));
  }
  std::error_code ignored;
  if (!has_readable_weights(*snapshot) || !fs::exists(*snapshot / "config.json", ignored)) {
    return resolve_synthetic(
        asked, policy, fmt::format("{} holds no config.json with model.safetensors", snapshot->string()));
  }
  return {{std::string(asked), absolute_path(snapshot->string())}, false, {}};
}

Error unknown_model(std::string_view asked) {
  const std::string shown = printable(asked);
  if (is_folder(fs::path(asked)))
    return usage_error("unknown; for the folder of that name write ./{}", shown).about(shown);
  std::vector<std::string_view> names;
  for (const auto& model : kModels) names.insert(names.end(), {model.name, model.hub_id});
  const auto nearest = nearest_name(asked, names);
  const std::string hint = nearest ? fmt::format("did you mean {}? ", *nearest) : std::string();
  if (!is_hub_id(asked)) {
    return usage_error("no folder, no hub id and no known model; {}known: {}", hint, known_names())
        .about(shown);
  }
  return usage_error(
             "unknown here, and not in the hub cache {}; {}give a folder, a hub id that is in that "
             "cache, or one of: {}",
             hub_cache_directory().string(), hint, known_names())
      .about(shown);
}

}  // namespace

std::span<const NamedModel> model_table() {
  return kModels;
}

const NamedModel* find_named_model(std::string_view name) {
  const auto* const found = std::find_if(kModels.begin(), kModels.end(), [&](const NamedModel& model) {
    return model.name == name || model.hub_id == name;
  });
  return found == kModels.end() ? nullptr : found;
}

ResolvedModel resolve_model(std::string_view asked, WeightsPolicy policy) {
  if (asked.empty() || asked.find('\0') != std::string_view::npos) {
    throw usage_error("an empty or broken name; give a folder, a hub id, or one of: {}", known_names())
        .about(printable(asked));
  }
  if (means_path(asked)) return resolve_folder(asked, policy);
  if (const NamedModel* model = find_named_model(asked)) return resolve_named(asked, *model, policy);
  const auto snapshot = find_in_hub_cache(asked);
  if (!snapshot) throw unknown_model(asked);
  ResolvedModel resolved = resolve_folder(snapshot->string(), policy);
  resolved.reference.name = asked;
  return resolved;
}

}  // namespace medbench
