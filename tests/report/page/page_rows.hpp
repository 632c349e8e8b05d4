// Results for tests of pages.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>

#include "report/page/page_input.hpp"
#include "tests/support/results.hpp"

namespace medbench::testing {

inline Json machine_profile(const std::string& hostname) {
  return {{"hostname", hostname}, {"cpu_model", "AMD EPYC"}, {"physical_cores", 2}, {"logical_cores", 4}};
}

// A row whose processes have these medians, each of four passes; with parity where there is a cosine.
inline Result page_row(const std::string& backend, const std::string& precision,
                       std::initializer_list<double> medians_ms, double cosine = 0.9999999,
                       std::int64_t batch = 4, std::int64_t seq = 128) {
  Result result = ok_result(batch, seq, medians_ms.begin()[0]);
  result.job.id = backend + "-" + precision;
  result.job.target.backend = backend;
  result.job.target.precision = precision;
  result.effective_precision = precision;
  result.runtime = {.name = "lib" + backend, .version = "1.2", .library = "/opt/lib" + backend + ".so"};
  result.machine = machine_profile("host");
  result.samples.clear();
  std::uint32_t process = 0;
  for (const double ms : medians_ms) {
    for (std::uint32_t i = 0; i < 4; ++i)
      result.samples.push_back({.ms = ms * (1 + 0.001 * i), .process = process, .turn = i / 2});
    ++process;
  }
  result.metrics.set("latency_ms.n", static_cast<double>(result.samples.size()));
  result.metrics.set("latency_ms.ci95_low", 0.99 * medians_ms.begin()[0]);
  result.metrics.set("latency_ms.ci95_high", 1.01 * medians_ms.begin()[0]);
  result.metrics.set("startup_ms", 900);
  result.metrics.set("load_ms", 300);
  result.metrics.set("compile_ms", 500);
  result.metrics.set("first_run_ms", 30);
  result.metrics.set("mfu", 0.4);
  result.metrics.set("cpu_energy_mj_per_iteration", 20 * medians_ms.begin()[0]);
  result.metrics.set("acc_cosine", cosine);
  result.parity = cosine > 0.999;
  return result;
}

inline Result failed_row(Status status, const std::string& backend) {
  Result result = crashed_result();
  result.status = status;
  result.job.id = backend;
  result.job.target.backend = backend;
  result.job.work = ok_result(4, 128, 1).job.work;
  result.machine = machine_profile("host");
  return result;
}

inline PageInput page_input(std::vector<Result> results) {
  PageInput input;
  for (const Result& result : results)
    input.origins.push_back({.file = result.job.id + ".json",
                             .command = "medbench matrix --backend " + result.job.target.backend});
  input.results = std::move(results);
  return input;
}

// All that a page can show: three backends, two batch sizes, another machine, a wrong row, each status.
inline PageInput whole_page() {
  std::vector<Result> rows{page_row("torch", "fp32", {20, 20.2, 19.9}),
                           page_row("openvino", "fp32", {26, 26.3, 25.8}),
                           page_row("onnxruntime", "fp32", {20.1, 20.4, 19.7}),
                           page_row("torch", "int8", {11, 11.1, 10.9}, 0.95),
                           page_row("torch", "fp32", {61, 61.2, 60.9}, 0.9999999, 16),
                           page_row("openvino", "fp32", {70, 70.3, 69.8}, 0.9999999, 16)};
  rows[1].warnings = {{"unsteady", "the spread is 12 % of the median", "stop other programs"}};
  rows[2].notes = {"cuda is not here: measured on the cpu"};
  rows[3].metrics.set("memory_usage_mb.gpu_reserved_peak_mb", 300);
  std::size_t number = 0;
  for (const Status status : {Status::AccError, Status::LoadError, Status::Unsupported, Status::Timeout,
                              Status::Crashed, Status::OutOfMemory, Status::Failed})
    rows.push_back(failed_row(status, "backend" + std::to_string(number++)));
  rows.push_back(page_row("torch", "fp32", {5, 5.1, 4.9}));
  rows.back().machine = machine_profile("other");
  PageInput input = page_input(std::move(rows));
  input.left_out = {{"cut.json", "unexpected end of input"}};
  input.superseded = 2;
  input.old_schema = 1;
  return input;
}

}  // namespace medbench::testing
