#include "campaign/plan.hpp"

#include <string_view>

#include "base/error.hpp"
#include "runner/result_store.hpp"

namespace medbench {

namespace {

void require_positive(std::span<const std::int64_t> values, std::string_view what) {
  if (values.empty()) throw usage_error("no {} was given; give at least one", what);
  for (const std::int64_t value : values) {
    if (value < 1) throw usage_error("{} {} makes no sense; it must be at least 1", what, value);
  }
}

}  // namespace

std::vector<Job> plan_jobs(const Job& base, std::span<const std::int64_t> batch_sizes,
                           std::span<const std::int64_t> seq_lengths) {
  require_positive(batch_sizes, "batch size");
  require_positive(seq_lengths, "sequence length");
  std::vector<Job> jobs;
  jobs.reserve(batch_sizes.size() * seq_lengths.size());
  for (const std::int64_t batch_size : batch_sizes) {
    for (const std::int64_t seq_length : seq_lengths) {
      Job job = base;
      job.work.axes.set(Axis::Batch, batch_size);
      job.work.axes.set(Axis::Seq, seq_length);
      job.id = fmt::format("{:04}_{}_b{}_s{}_{}", jobs.size() + 1, file_name_part(base.work.model.name),
                           batch_size, seq_length, file_name_part(base.target.precision));
      jobs.push_back(std::move(job));
    }
  }
  return jobs;
}

}  // namespace medbench
