#include "campaign/newest.hpp"

#include <algorithm>
#include <map>

#include "campaign/plan_record.hpp"

namespace medbench {

namespace {

// 2: whole; 1: stopped before its end; 0: not ok.
int wholeness(const Result& result) {
  if (result.status != Status::Ok) return 0;
  return result.stop_rule == kStoppedEarly ? 1 : 2;
}

}  // namespace

std::string configuration_key(const Result& result) {
  return dump_line(job_identity(result.job));
}

std::vector<std::size_t> newest_of_each(std::span<const Result> results,
                                        const std::function<std::string(const Result&)>& key) {
  std::map<std::string, std::size_t> chosen;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto [place, is_new] = chosen.try_emplace(key(results[i]), i);
    if (!is_new && wholeness(results[i]) >= wholeness(results[place->second])) place->second = i;
  }
  std::vector<std::size_t> kept;
  kept.reserve(chosen.size());
  for (const auto& [name, i] : chosen) kept.push_back(i);
  std::ranges::sort(kept);
  return kept;
}

}  // namespace medbench
