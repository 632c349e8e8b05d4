#include "medbench/playoffs.hpp"

#include <chrono>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "report/fastest.hpp"
#include "runner/interrupt.hpp"

namespace medbench {

std::vector<Playoff> run_playoffs(std::span<const Result> results, const PlayoffOptions& options) {
  SteadyClock clock;
  const PlayoffSettings settings{.budget_s = options.budget_s, .worker = options.worker, .now_s = [&] {
                                   return std::chrono::duration<double>(clock.now()).count();
                                 }};
  std::vector<Playoff> playoffs;
  for (const auto& group : group_by_work(results)) {
    const auto contenders = find_contenders(group);
    if (contenders.size() < 2 || interrupted()) continue;
    options.say(fmt::format("play-off of {} rows of {} {}", contenders.size(),
                            short_name(contenders.front()->job.work.model),
                            to_string(contenders.front()->job.work.axes)));
    SilentObserver observer;  // its rounds are all alike: one line says that it runs
    playoffs.push_back(play_off(contenders, settings, observer));
  }
  return playoffs;
}

}  // namespace medbench
