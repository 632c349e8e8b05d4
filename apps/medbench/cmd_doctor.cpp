// `medbench doctor`: what this machine is and what can be measured on it.
#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "campaign/backends.hpp"
#include "machine/cpu_limits.hpp"
#include "machine/machine.hpp"
#include "machine/numa.hpp"
#include "machine/proc_file.hpp"
#include "medbench/commands.hpp"
#include "medbench/exit_code.hpp"
#include "medbench/option_parser.hpp"
#include "medbench/output.hpp"
#include "report/text_table.hpp"
#include "runner/interrupt.hpp"
#include "runner/runner.hpp"

namespace medbench {

namespace {

struct DoctorOptions {
  bool json = false;
};

void declare(OptionParser& parser, DoctorOptions& options) {
  parser.flag("--json", options.json);
}

// The backends of this version first, then whatever else is installed.
std::vector<Capabilities> ask_all(const WorkerOptions& worker) {
  const auto installed = installed_backends(worker.libexec);
  std::vector<Capabilities> all;
  for (const auto& known : known_backends()) {
    if (std::find(installed.begin(), installed.end(), known.name) != installed.end()) continue;
    Capabilities missing;
    missing.backend = known.name;
    missing.reason = fmt::format("its worker is not in {}", worker.libexec.string());
    missing.advice = known.when_missing;
    all.push_back(std::move(missing));
  }
  for (const auto& name : installed) {
    if (interrupted()) break;
    all.push_back(describe_backend(name, worker));
  }
  return all;
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text.append(text.empty() ? "" : " ").append(word);
  return text.empty() ? "none" : text;
}

// Those that may be used.
std::string list_nodes() {
  std::string text;
  for (const NumaNode& node : read_numa_nodes(allowed_cpus()))
    text += fmt::format("{}{} (processors {})", text.empty() ? "" : ", ", node.number,
                        format_cpu_list(node.processors));
  return text;
}

std::string render_machine(const MachineProfile& machine) {
  TextTable table({{"machine"}, {printable(machine.hostname)}});
  table.add_row({"system", fmt::format("{}, Linux {}", machine.os, machine.kernel)});
  table.add_row({"processor", machine.cpu_model});
  table.add_row({"cores", fmt::format("{} physical, {} logical, {} socket(s)", machine.physical_cores,
                                      machine.logical_cores, machine.sockets)});
  table.add_row({"NUMA nodes", list_nodes()});
  table.add_row({"quota", machine.cpu_quota ? fmt::format("{:g} processors", *machine.cpu_quota) : "none"});
  table.add_row({"memory limit",
                 machine.memory_limit_mb ? fmt::format("{:.0f} MiB", *machine.memory_limit_mb) : "none"});
  table.add_row({"instructions", join(machine.isa)});
  table.add_row({"memory", fmt::format("{:.0f} MiB, {:.0f} MiB available", machine.memory_total_mb,
                                       machine.memory_available_mb)});
  table.add_row({"clock scaling", fmt::format("governor {}, turbo {}", machine.governor, machine.turbo)});
  table.add_row(
      {"isolation", fmt::format("hypervisor {}, container {}", machine.hypervisor, machine.container)});
  table.add_row({"accelerators", join(machine.accelerators)});
  return table.render();
}

std::string render_backend(const Capabilities& backend) {
  std::string text = fmt::format("{}: ", printable(backend.backend));
  if (backend.runtime.name.empty()) {
    text += "not usable here\n";
  } else {
    text += fmt::format("{} {}\n  library  {}\n", printable(backend.runtime.name),
                        printable(backend.runtime.version), printable(backend.runtime.library));
  }
  for (const auto& device : backend.devices) {
    const std::string memory = device.memory_mb > 0 ? fmt::format("{:.0f} MiB, ", device.memory_mb) : "";
    text += fmt::format("  device   {}: {}, {}{}\n", printable(device.id), printable(device.name), memory,
                        printable(join(device.precisions)));
  }
  std::istringstream reasons(backend.reason);
  for (std::string line; std::getline(reasons, line);)
    text += fmt::format("  missing  {}\n", printable(line, 1000));
  if (!backend.advice.empty()) text += fmt::format("  to do    {}\n", printable(backend.advice, 1000));
  return text;
}

std::string render_json(const MachineProfile& machine, const std::vector<Capabilities>& backends) {
  Json json;
  json["medbench_version"] = MEDBENCH_VERSION;
  json["machine"] = to_json(machine);
  json["backends"] = Json::array();
  for (const auto& backend : backends) json["backends"].push_back(to_json(backend));
  return dump_pretty(json) + "\n";
}

}  // namespace

int run_doctor(std::span<const std::string> arguments) {
  DoctorOptions options;
  OptionParser parser("medbench doctor");
  declare(parser, options);
  parser.parse(arguments);

  const InterruptGuard guard;
  WorkerOptions worker;
  worker.libexec = default_libexec();
  const MachineProfile machine = read_machine_profile();
  const auto backends = ask_all(worker);
  if (interrupted()) return kExitSignalBase + interrupt_signal();
  if (options.json) {
    print_output(render_json(machine, backends));
  } else {
    std::string text = render_machine(machine);
    for (const auto& backend : backends) text += "\n" + render_backend(backend);
    print_output(text);
  }
  const bool usable = std::any_of(backends.begin(), backends.end(),
                                  [](const Capabilities& backend) { return !backend.devices.empty(); });
  return usable ? kExitOk : exit_code(ErrorKind::Environment);
}

std::vector<std::string> doctor_option_names() {
  DoctorOptions options;
  OptionParser parser("medbench doctor");
  declare(parser, options);
  return parser.names();
}

}  // namespace medbench
