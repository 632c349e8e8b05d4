#include "medbench/playoffs.hpp"

#include <chrono>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "report/fastest.hpp"
#include "runner/interrupt.hpp"

namespace medbench {

namespace {

// A play-off is short, and its rounds are all alike: one line says that it runs.
class Listener final : public RunObserver {
 public:
  void job_started(const Job&, std::size_t, std::size_t) override {}
  void event(const Job&, const Event&) override {}
  void job_finished(const Result&) override {}
};

}  // namespace

std::vector<Playoff> run_playoffs(std::span<const Result> results, const PlayoffOptions& options) {
  SteadyClock clock;
  const PlayoffSettings settings{.budget_s = options.budget_s,
                                 .worker = [&] { return options.worker; },
                                 .now_s = [&] { return std::chrono::duration<double>(clock.now()).count(); }};
  std::vector<Playoff> playoffs;
  for (const auto& group : group_by_work(results)) {
    const auto contenders = find_contenders(group);
    if (contenders.size() < 2 || interrupted()) continue;
    options.say(fmt::format("play-off of {} rows of {} {}", contenders.size(),
                            short_name(contenders.front()->job.work.model),
                            to_string(contenders.front()->job.work.axes)));
    Listener listener;
    playoffs.push_back(play_off(contenders, settings, listener));
  }
  return playoffs;
}

}  // namespace medbench
