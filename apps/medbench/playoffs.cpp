#include "medbench/playoffs.hpp"

#include <chrono>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "report/fastest.hpp"
#include "runner/interrupt.hpp"

namespace medbench {

std::vector<Playoff> run_playoffs(std::span<const Result> results, const PlayoffOptions& options) {
  std::vector<std::vector<const Result*>> groups;
  for (const auto& group : group_by_work(results)) {
    auto contenders = find_contenders(group);
    if (contenders.size() > 1) groups.push_back(std::move(contenders));
  }
  SteadyClock clock;
  const auto now_s = [&] { return std::chrono::duration<double>(clock.now()).count(); };
  const double begin_s = now_s();
  std::vector<Playoff> playoffs;
  for (std::size_t i = 0; i < groups.size() && !interrupted(); ++i) {
    const auto& contenders = groups[i];
    const double usual_s = usual_playoff_budget_s(options.rows_s, now_s() - begin_s, groups.size() - i);
    if (!options.budget_s && least_playoff_s(contenders) > usual_s) {
      playoffs.push_back(decline_playoff(contenders));
      continue;
    }
    const PlayoffSettings settings{
        .budget_s = options.budget_s.value_or(usual_s), .worker = options.worker, .now_s = now_s};
    options.say(fmt::format("play-off of {} rows of {} {}", contenders.size(),
                            short_name(contenders.front()->job.work.model),
                            to_string(contenders.front()->job.work.axes)));
    SilentObserver observer;  // its rounds are all alike: one line says that it runs
    playoffs.push_back(play_off(contenders, settings, observer));
  }
  return playoffs;
}

}  // namespace medbench
