#include "job/job.hpp"

#include "base/error.hpp"

namespace medbench {

namespace {

constexpr std::string_view kOrigin = "job";

// Of schema 2 an object for each part; of schema 1 all keys in one, under the same names.
const Json& part_of(const Json& json, const char* key) {
  const auto part = json.find(key);
  if (part == json.end()) return json;
  if (!part->is_object()) throw usage_error("{}: \"{}\" must be an object", kOrigin, key);
  return *part;
}

}  // namespace

Json to_json(const Job& job) {
  return {{"id", job.id},
          {"work", to_json(job.work)},
          {"target", to_json(job.target)},
          {"protocol", to_json(job.protocol)}};
}

Job job_from_json(const Json& json) {
  return {.id = get_string(json, "id", kOrigin),
          .work = workload_from_json(part_of(json, "work"), kOrigin),
          .target = target_from_json(part_of(json, "target"), kOrigin),
          .protocol = protocol_from_json(part_of(json, "protocol"), kOrigin)};
}

}  // namespace medbench
