#include "base/user_path.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <pwd.h>
#include <unistd.h>

namespace medbench {

namespace {

std::optional<std::string> folder_of(const passwd* entry) {
  if (entry == nullptr || entry->pw_dir == nullptr || *entry->pw_dir == '\0') return std::nullopt;
  return entry->pw_dir;
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The name that a '$' is followed by, and how many characters it takes; empty: none.
struct Variable {
  std::string_view name;
  std::size_t length = 0;
};
Variable variable_at(std::string_view text) {
  if (text.starts_with('{')) {
    const std::size_t end = text.find('}');
    return end == std::string_view::npos ? Variable{} : Variable{text.substr(1, end - 1), end + 1};
  }
  const auto end = std::ranges::find_if_not(text, is_name_character);
  const auto length = static_cast<std::size_t>(end - text.begin());
  return {text.substr(0, length), length};
}

}  // namespace

std::filesystem::path home_folder() {
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') return home;
  return folder_of(::getpwuid(::getuid())).value_or("/");
}

std::string expand_user(std::string_view path) {
  if (!path.starts_with('~')) return std::string(path);
  const std::size_t end = std::min(path.find('/'), path.size());
  const std::string user(path.substr(1, end - 1));
  std::string folder;
  if (user.empty()) {
    folder = home_folder().string();
  } else if (const auto found = folder_of(::getpwnam(user.c_str()))) {
    folder = *found;
  } else {
    return std::string(path);
  }
  while (folder.ends_with('/') && (end < path.size() || folder.size() > 1)) folder.pop_back();
  return folder + std::string(path.substr(end));
}

std::string expand_variables(std::string_view text) {
  std::string expanded;
  while (!text.empty()) {
    const std::size_t dollar = std::min(text.find('$'), text.size());
    expanded += text.substr(0, dollar);
    text.remove_prefix(dollar);
    if (text.empty()) break;
    const Variable variable = variable_at(text.substr(1));
    const char* value = variable.name.empty() ? nullptr : std::getenv(std::string(variable.name).c_str());
    if (value != nullptr) {
      expanded += value;
    } else {
      expanded += text.substr(0, 1 + variable.length);
    }
    text.remove_prefix(1 + variable.length);
  }
  return expanded;
}

}  // namespace medbench
