// medbench: finds the subcommand, runs it, and turns an error into one line and an exit code.
#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "medbench/commands.hpp"
#include "medbench/exit_code.hpp"
#include "medbench/help.hpp"
#include "medbench/output.hpp"
#include "models/suggestion.hpp"

namespace medbench {

namespace {

bool asks_for_help(std::span<const std::string> arguments) {
  return std::any_of(arguments.begin(), arguments.end(),
                     [](const std::string& argument) { return argument == "--help" || argument == "-h"; });
}

int run_command(const Command& command, std::span<const std::string> arguments) {
  if (asks_for_help(arguments)) {
    print_output(help_text(command.name));
    return kExitOk;
  }
  return command.run(arguments);
}

Error unknown_command(const std::string& name) {
  std::vector<std::string_view> names;
  for (const Command& command : command_table()) names.push_back(command.name);
  const auto nearest = nearest_name(name, names);
  return usage_error("unknown command {}{} medbench --help lists them", printable(name),
                     nearest ? fmt::format(": did you mean {}?", *nearest) : ";");
}

int run(const std::string& program, std::span<const std::string> arguments) {
  if (const Command* command = find_alias(std::filesystem::path(program).filename().string())) {
    return run_command(*command, arguments);
  }
  if (arguments.empty()) throw usage_error("no command is given; medbench --help lists them");
  const std::string& first = arguments.front();
  const bool asks_for_page = first == "help" && arguments.size() > 1;
  if (first == "--help" || first == "-h" || (first == "help" && !asks_for_page)) {
    print_output(help_overview());
    return kExitOk;
  }
  if (first == "--version") {
    print_output("medbench " MEDBENCH_VERSION "\n");
    return kExitOk;
  }
  const std::string& name = arguments[asks_for_page ? 1 : 0];
  const Command* command = find_command(name);
  if (command == nullptr) throw unknown_command(name);
  if (!asks_for_page) return run_command(*command, arguments.subspan(1));
  print_output(help_text(command->name));
  return kExitOk;
}

int guarded_run(const std::string& program, std::span<const std::string> arguments) {
  try {
    return run(program, arguments);
  } catch (const Error& error) {
    print_error(error.what());
    return exit_code(error.kind());
  } catch (const std::exception& error) {
    print_error(fmt::format("defect of medbench, please report it: {}", error.what()));
    return exit_code(ErrorKind::Internal);
  }
}

}  // namespace

}  // namespace medbench

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv, argv + argc);
  const std::span<const std::string> arguments(words);
  return medbench::guarded_run(words.empty() ? "" : words.front(), arguments.subspan(words.empty() ? 0 : 1));
}
