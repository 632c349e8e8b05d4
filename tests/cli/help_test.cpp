#include "medbench/help.hpp"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <regex>
#include <set>

#include "base/error.hpp"
#include "base/file.hpp"
#include "medbench/commands.hpp"
#include "tests/support/paths.hpp"

namespace medbench {
namespace {

// The options that a page speaks of.
std::set<std::string> options_mentioned(std::string_view text) {
  static const std::regex kOption("(^|[^-[:alnum:]])(--[a-z][-a-z0-9]*)");
  const std::string page(text);
  std::set<std::string> names;
  for (std::sregex_iterator it(page.begin(), page.end(), kOption), end; it != end; ++it)
    names.insert((*it)[2]);
  return names;
}

// A page may also speak of options of other commands.
TEST(Help, ExplainsEveryOptionAndNoneThatIsNotThere) {
  std::set<std::string> all;
  for (const auto& command : command_table()) {
    for (const auto& name : command.option_names()) all.insert(name);
  }
  for (const auto& command : command_table()) {
    const auto mentioned = options_mentioned(help_text(command.name));
    for (const auto& name : command.option_names()) {
      const bool is_short = !name.starts_with("--");
      EXPECT_TRUE(is_short ? help_text(command.name).find("`" + name) != std::string_view::npos
                           : mentioned.contains(name))
          << command.name << name;
    }
    for (const auto& name : mentioned) EXPECT_TRUE(all.contains(name)) << command.name << name;
  }
}

TEST(Help, IsThePageOfTheDocumentation) {
  for (const auto& command : command_table()) {
    const auto page = testing::source_folder() / "docs" / "cli" / (std::string(command.name) + ".md");
    EXPECT_EQ(help_text(command.name), read_text_file(page));
  }
}

TEST(Help, HasASummaryOfEachCommandInTheOverview) {
  for (const auto& command : command_table()) {
    EXPECT_NE(help_summary(command.name), "");
    EXPECT_THAT(help_overview(), ::testing::HasSubstr(std::string(help_summary(command.name))));
  }
}

TEST(Help, OfACommandThatIsNotThereIsADefect) {
  EXPECT_THROW(help_text("nothing"), Error);
}

}  // namespace
}  // namespace medbench
