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

int run(const std::string& program, std::span<const std::string> arguments) {
  if (const Command* command = find_alias(std::filesystem::path(program).filename().string())) {
    return run_command(*command, arguments);
  }
  if (arguments.empty()) throw usage_error("no command is given; medbench --help lists them");
  const std::string& first = arguments.front();
  if (first == "--help" || first == "-h" || first == "help") {
    print_output(help_overview());
    return kExitOk;
  }
  if (first == "--version") {
    print_output("medbench " MEDBENCH_VERSION "\n");
    return kExitOk;
  }
  if (const Command* command = find_command(first)) return run_command(*command, arguments.subspan(1));
  throw usage_error("unknown command {}; medbench --help lists them", printable(first));
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
