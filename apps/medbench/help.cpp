#include "medbench/help.hpp"

#include "base/error.hpp"
#include "medbench/commands.hpp"

namespace medbench {

std::string_view help_text(std::string_view command) {
  for (const auto& page : help_pages()) {
    if (page.command == command) return page.text;
  }
  throw internal_error("the subcommand {} has no page of help", command);
}

std::string_view help_summary(std::string_view command) {
  const std::string_view text = help_text(command);
  const std::string_view title = text.substr(0, text.find('\n'));
  const auto colon = title.find(": ");
  return colon == std::string_view::npos ? "" : title.substr(colon + 2);
}

std::string help_overview() {
  std::string text =
      "medbench measures how fast medical models run here, and what that costs.\n\n"
      "Usage: medbench <command> [options]\n\nCommands:\n";
  for (const auto& command : command_table()) {
    text += fmt::format("  {:<9} {}\n", command.name, help_summary(command.name));
  }
  return text + "\nmedbench <command> --help explains a command; medbench --version prints the version.\n";
}

}  // namespace medbench
