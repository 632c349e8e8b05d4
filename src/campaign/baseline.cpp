#include "campaign/baseline.hpp"

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "campaign/planner.hpp"
#include "job/restarts.hpp"
#include "stats/processes.hpp"

namespace medbench {

std::vector<Job> jobs_of_baseline(const RowsByKey& baseline) {
  std::vector<Job> jobs;
  for (const auto& [key, row] : baseline) {
    Job job = row.job;
    job.id = job_id(jobs.size() + 1, job);
    job.protocol.restarts = std::max<std::int64_t>(kFewestProcesses, job.protocol.restarts);
    job.protocol.save_outputs.reset();
    job.protocol.parity.reset();
    job.protocol.evaluation.reset();
    jobs.push_back(std::move(job));
  }
  return jobs;
}

std::vector<std::string> find_doubts(const RowsByKey& baseline, std::string_view cpu_model_here) {
  std::vector<std::string> doubts;
  std::set<std::string> elsewhere;
  std::size_t thin = 0;
  for (const auto& [key, row] : baseline) {
    if (process_medians_ms(row.samples).size() < kFewestProcesses) ++thin;
    const auto model = find_string(row.machine, "cpu_model", "machine");
    if (model && *model != cpu_model_here) elsewhere.insert(*model);
  }
  for (const std::string& model : elsewhere) {
    doubts.push_back(fmt::format("the baseline is of another machine: its processor is {}, and here is {}",
                                 printable(model), printable(cpu_model_here)));
  }
  if (thin > 0) {
    doubts.push_back(
        fmt::format("{} of {} rows of the baseline hold fewer than {} processes, which cannot tell; measure "
                    "it with --restarts {}",
                    thin, baseline.size(), kFewestProcesses, kFewestProcesses));
  }
  return doubts;
}

}  // namespace medbench
