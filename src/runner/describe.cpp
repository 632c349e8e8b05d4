#include <algorithm>
#include <array>
#include <cstdlib>
#include <unistd.h>

#include "machine/memory_limits.hpp"
#include "runner/conclusion.hpp"
#include "runner/runner.hpp"
#include "runner/worker_process.hpp"

namespace medbench {

namespace {

constexpr std::string_view kPrefix = "worker-";
constexpr std::size_t kLongestDescription = std::size_t{1} << 20;

bool is_backend_name(std::string_view name) {
  return !name.empty() &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string_view::npos;
}

Capabilities nothing(const std::string& backend, std::string reason, std::string advice) {
  Capabilities capabilities;
  capabilities.backend = backend;
  capabilities.reason = std::move(reason);
  capabilities.advice = std::move(advice);
  return capabilities;
}

Capabilities parse(const std::string& backend, const std::string& output, const WorkerOptions& options) {
  const std::string advice = worker_advice(backend, options);
  try {
    Capabilities capabilities = capabilities_from_json(parse_json(output, "its description"));
    capabilities.lacked_resources = capabilities.devices.empty() && address_space_limit_mb().has_value();
    if (capabilities.backend == backend) return capabilities;
    return nothing(backend,
                   fmt::format("worker-{} says that it is the worker of {}", backend,
                               printable(capabilities.backend, 80)),
                   advice);
  } catch (const std::exception& error) {
    const std::string first = output.substr(0, output.find('\n'));
    if (!options.launcher.empty() && !first.starts_with('{'))
      return nothing(backend, conclusion_of_chatter(first, backend, options).failure.message, "");
    return nothing(backend, fmt::format("worker-{} answered nonsense: {}", backend, error.what()), advice);
  }
}

Capabilities listen(WorkerProcess& worker, const std::string& backend, const WorkerOptions& options,
                    std::chrono::milliseconds limit) {
  const std::string advice =
      fmt::format("run '{} describe' to see what it does", worker_path(backend, options).string());
  const auto deadline =
      WorkerProcess::Clock::now() + std::min<std::chrono::milliseconds>(limit, std::chrono::hours{1});
  std::string output;
  std::string reason;
  while (reason.empty()) {
    const WorkerProcess::Wake wake = worker.wait(deadline, output);
    if (wake == WorkerProcess::Wake::Exited) {
      const ExitStatus exit = worker.exit_status();
      if (exit == ExitStatus{ExitStatus::Kind::Exited, 0}) return parse(backend, output, options);
      const Conclusion conclusion =
          conclusion_of_ending({.exit = exit, .last_words = worker.stderr_tail()}, backend, options);
      Capabilities none = nothing(backend, conclusion.failure.message, advice);
      none.lacked_resources = conclusion.status == Status::OutOfMemory;
      return none;
    }
    if (wake == WorkerProcess::Wake::Interrupted) {
      reason = "interrupted";
    } else if (output.size() > kLongestDescription) {
      reason =
          fmt::format("worker-{} wrote more than {} bytes to describe itself", backend, kLongestDescription);
    } else if (WorkerProcess::Clock::now() >= deadline) {
      const double seconds = std::chrono::duration<double>(limit).count();
      reason = fmt::format("worker-{} did not describe itself within {:g} s", backend, seconds);
    }
  }
  worker.stop(options.grace);
  return nothing(backend, with_last_words(reason, worker.stderr_tail()), advice);
}

}  // namespace

std::filesystem::path default_libexec() {
  const char* chosen = std::getenv("MEDBENCH_LIBEXEC");
  if (chosen != nullptr && *chosen != '\0') return chosen;
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) {
    throw environment_error("cannot find the folder of the workers ({}); set MEDBENCH_LIBEXEC to it",
                            error.message());
  }
  return program.parent_path().parent_path() / "libexec" / "medbench";
}

std::vector<std::string> installed_backends(const std::filesystem::path& libexec) {
  std::vector<std::string> backends;
  std::error_code error;
  for (auto it = std::filesystem::directory_iterator(libexec, error);
       !error && it != std::filesystem::directory_iterator(); it.increment(error)) {
    const std::string name = it->path().filename().string();
    std::error_code not_a_file;
    if (!name.starts_with(kPrefix) || !it->is_regular_file(not_a_file)) continue;
    std::string backend = name.substr(kPrefix.size());
    if (is_backend_name(backend)) backends.push_back(std::move(backend));
  }
  std::sort(backends.begin(), backends.end());
  return backends;
}

Capabilities describe_backend(const std::string& backend, const WorkerOptions& options,
                              std::chrono::milliseconds limit) {
  try {
    WorkerProcess worker(backend, "describe", "", options);
    return listen(worker, backend, options, std::min(limit, options.limits.load));
  } catch (const SpawnError& error) {
    const Conclusion conclusion = conclusion_of_spawn(error, backend, options);
    if (conclusion.status == Status::LoadError)
      return nothing(backend, error.what(), worker_advice(backend, options));
    Capabilities none = nothing(backend, conclusion.failure.message, "");
    none.lacked_resources = true;
    return none;
  } catch (const Error& error) {
    return nothing(backend, error.what(), "");
  }
}

}  // namespace medbench
