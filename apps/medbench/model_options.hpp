// Which models in which sizes: what a subcommand is asked for, read and checked before a worker starts.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "campaign/planner.hpp"
#include "medbench/option_parser.hpp"
#include "models/model.hpp"
#include "models/registry.hpp"

namespace medbench {

struct SizeOption {
  Axis axis;
  std::string_view name;
};

// Spelled as the subcommand does.
struct ModelOptionNames {
  std::string_view model;
  std::span<const SizeOption> sizes;
};

struct ModelOptions {
  std::vector<std::string> models;
  WeightsChoice weights;
  Json settings = Json::object();                   // otherwise than a named model has them
  std::map<Axis, std::vector<std::int64_t>> sizes;  // empty: the usual one of each model
  Data data;
  std::vector<Padding> paddings;        // of texts: a row each, of which `data` has the first
  std::optional<std::string> evaluate;  // file of labelled rows
  bool compares = false;                // answers with those of a reference, which pads its texts
};

class WeightsOptionParser {
 public:
  // `has_hub`: whether some of its models may come from the hub.
  WeightsOptionParser(OptionParser& parser, bool has_hub);
  // After parse(). Throws Usage for what is neither a policy nor a file's name, and for what is no revision.
  [[nodiscard]] WeightsChoice choice() const;

 private:
  std::string weights_;
  std::optional<std::string> revision_;
};

struct CheckedModel {
  PlannedModel planned;
  std::vector<std::string> notes;  // for the screen and every row of the model
  std::string texts;               // what becomes of the file of texts, for the screen; empty without
  std::string evaluation;          // likewise of labelled rows
};

// Resolves each model, with `fetch` where it is not here, reads it, checks its shapes, and reads the whole
// files of texts and of labelled rows, so that what is wrong shows before a worker starts. Throws Usage, also
// for a size that no model has.
std::vector<CheckedModel> check_models(const ModelOptions& options, std::uint64_t seed,
                                       const ModelOptionNames& names, const FetchModel& fetch);

}  // namespace medbench
