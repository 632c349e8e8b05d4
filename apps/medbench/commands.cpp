#include "medbench/commands.hpp"

#include <array>

namespace medbench {

namespace {

constexpr std::array kCommands{
    Command{"medical", "benchmark_medical", run_medical, medical_option_names},
    Command{"imaging", "benchmark_imaging", run_imaging, imaging_option_names},
    Command{"matrix", "benchmark_hardware_matrix", run_matrix, matrix_option_names},
    Command{"doctor", "", run_doctor, doctor_option_names},
    Command{"models", "", run_models, models_option_names},
    Command{"fetch", "", run_fetch, fetch_option_names},
    Command{"ab", "", run_ab_command, ab_option_names},
    Command{"compare", "", run_compare, compare_option_names},
    Command{"report", "", run_report, report_option_names},
};

}  // namespace

std::span<const Command> command_table() {
  return kCommands;
}

const Command* find_command(std::string_view name) {
  for (const auto& command : kCommands) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

const Command* find_alias(std::string_view program) {
  for (const auto& command : kCommands) {
    if (!command.alias.empty() && command.alias == program) return &command;
  }
  return nullptr;
}

}  // namespace medbench
