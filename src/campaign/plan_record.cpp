#include "campaign/plan_record.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/json_difference.hpp"

namespace medbench {

namespace {

constexpr const char* kRows = "rows";
constexpr const char* kConditions = "conditions";

// "key is x there and y here".
std::optional<std::string> find_difference(const Json& there, const Json& here) {
  const auto difference = find_json_difference(there, here);
  if (!difference) return std::nullopt;
  if (difference->key.empty())
    return fmt::format("{} there and {} here", difference->left, difference->right);
  return fmt::format("{} is {} there and {} here", difference->key, difference->left, difference->right);
}

// Rows that were written down in the flat form of schema 1 are read as what they mean.
Json in_todays_form(Json row) {
  if (!row.is_object() || row.contains("work")) return row;
  row["id"] = "";
  try {
    return job_identity(job_from_json(row));
  } catch (const Error&) {
    return row;  // a broken one is another plan
  }
}

}  // namespace

Json job_identity(const Job& job) {
  Json json = to_json(job);
  json.erase("id");
  if (const TextData* text = job.work.text(); text != nullptr && !text->hash.empty())
    json["work"]["text"].erase("file");
  for (const char* key : {"revision", "commit"}) json["work"]["model"].erase(key);  // the folder says which
  for (const char* key : {"parity", "save_outputs", "turn"}) json["protocol"].erase(key);
  if (const auto& evaluation = job.protocol.evaluation) {
    Json& own = json["protocol"]["evaluation"];
    for (const char* key : {"decisions", "missing", "save_decisions", "save_flips"}) own.erase(key);
    if (!evaluation->hash.empty()) own.erase("file");
  }
  json["target"] = to_json(measured_target(job.target));
  return json;
}

Json plan_record(std::span<const Job> jobs, const Json& conditions) {
  Json rows = Json::array();
  for (const auto& job : jobs) rows.push_back(job_identity(job));
  // As it will be read back: text that is not UTF-8 does not survive.
  return Json::parse(dump_line({{kConditions, conditions}, {kRows, rows}}));
}

std::optional<std::string> find_plan_difference(const Json& recorded, const Json& wanted) {
  if (!recorded.is_object()) return "it is no plan";
  if (auto difference =
          find_difference(recorded.value(kConditions, Json()), wanted.value(kConditions, Json())))
    return difference;
  const Json there = recorded.value(kRows, Json());
  const Json here = wanted.value(kRows, Json());
  if (!there.is_array()) return "it is no plan";
  for (std::size_t i = 0; i < std::min(there.size(), here.size()); ++i) {
    if (const auto difference = find_difference(in_todays_form(there[i]), here[i]))
      return fmt::format("in row {} {}", i + 1, *difference);
  }
  if (there.size() != here.size())
    return fmt::format("it has {} rows, and here are {}", there.size(), here.size());
  return std::nullopt;
}

}  // namespace medbench
