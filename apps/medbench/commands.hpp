// The table of subcommands. A subcommand is a row here, a function, and a page of the documentation that is
// its help.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace medbench {

struct Command {
  std::string_view name;
  std::string_view alias;  // a program of this name runs the subcommand; empty: none
  // Returns the exit code; throws Error for what it cannot do.
  int (*run)(std::span<const std::string> arguments);
  // The options that run() understands, sorted; each must be in the page of help.
  std::vector<std::string> (*option_names)();
};

std::span<const Command> command_table();
// Null when there is none.
const Command* find_command(std::string_view name);
const Command* find_alias(std::string_view program);

int run_medical(std::span<const std::string> arguments);
int run_imaging(std::span<const std::string> arguments);
int run_matrix(std::span<const std::string> arguments);
int run_doctor(std::span<const std::string> arguments);
int run_models(std::span<const std::string> arguments);
int run_fetch(std::span<const std::string> arguments);
int run_compare(std::span<const std::string> arguments);
int run_report(std::span<const std::string> arguments);
int run_ab_command(std::span<const std::string> arguments);

std::vector<std::string> medical_option_names();
std::vector<std::string> imaging_option_names();
std::vector<std::string> matrix_option_names();
std::vector<std::string> doctor_option_names();
std::vector<std::string> models_option_names();
std::vector<std::string> fetch_option_names();
std::vector<std::string> compare_option_names();
std::vector<std::string> report_option_names();
std::vector<std::string> ab_option_names();

}  // namespace medbench
