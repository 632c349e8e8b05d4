#include "worker/thread_environment.hpp"

#include <cstddef>
#include <string_view>

namespace medbench {

namespace {

constexpr std::size_t kMostKept = 32;
// Written before any constructor runs: plain memory.
const char* undone[kMostKept];
std::size_t undone_count = 0;

// Nothing of the C library and of the sanitizers is set up when this runs.
#define MEDBENCH_BEFORE_ALL __attribute__((no_sanitize("address", "undefined", "thread")))

MEDBENCH_BEFORE_ALL bool is_variable(const char* entry, const char* name) {
  for (; *name != 0; ++name, ++entry) {
    if (*entry != *name) return false;
  }
  return *entry == '=';
}

MEDBENCH_BEFORE_ALL bool is_undone(const char* entry) {
  for (std::size_t i = 0; i < kVariablesOfThreadCounts.size(); ++i) {
    if (is_variable(entry, kVariablesOfThreadCounts.data()[i])) return true;
  }
  return false;
}

MEDBENCH_BEFORE_ALL void undo(int /*argc*/, char** /*argv*/, char** environment) {
  char** kept = environment;
  for (char** entry = environment; *entry != nullptr; ++entry) {
    if (undone_count < kMostKept && is_undone(*entry))
      undone[undone_count++] = *entry;
    else
      *kept++ = *entry;
  }
  *kept = nullptr;
}

// The loader calls these before the constructors of all libraries.
__attribute__((section(".preinit_array"), used)) void (*const kUndo)(int, char**, char**) = undo;

}  // namespace

std::vector<ThreadVariable> undone_thread_variables() {
  std::vector<ThreadVariable> variables;
  for (std::size_t i = 0; i < undone_count; ++i) {
    const std::string_view entry = undone[i];
    const std::size_t equals = entry.find('=');
    variables.push_back({std::string(entry.substr(0, equals)), std::string(entry.substr(equals + 1))});
  }
  return variables;
}

}  // namespace medbench
