#include "machine/thread_variables.hpp"

#include <algorithm>
#include <string_view>
#include <unistd.h>

namespace medbench {

std::vector<ThreadVariable> find_thread_variables(const char* const* environment) {
  std::vector<ThreadVariable> found;
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    const std::string_view entry = *environment;
    const bool is_one =
        std::ranges::any_of(std::initializer_list<std::string_view>{"OMP_", "GOMP_", "KMP_", "MKL_"},
                            [&](std::string_view prefix) { return entry.starts_with(prefix); });
    const std::size_t equals = entry.find('=');
    if (is_one && equals != std::string_view::npos)
      found.push_back({std::string(entry.substr(0, equals)), std::string(entry.substr(equals + 1))});
  }
  std::ranges::sort(found, {}, &ThreadVariable::name);
  return found;
}

std::vector<ThreadVariable> thread_variables() {
  return find_thread_variables(environ);
}

std::string variables_of_thread_counts() {
  std::string found;
  for (const auto& [name, value] : thread_variables()) {
    if (std::ranges::find(kVariablesOfThreadCounts, std::string_view(name)) != kVariablesOfThreadCounts.end())
      found.append(found.empty() ? "" : " ").append(name).append("=").append(value);
  }
  return found;
}

}  // namespace medbench
