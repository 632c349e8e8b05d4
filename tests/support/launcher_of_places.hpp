// A launcher that has so many places, as a queue on a cluster: a worker gets one when it is free, and holds
// it as long as it lives.
#pragma once

#include <filesystem>
#include <fmt/core.h>
#include <string>

#include "tests/support/temporary_folder.hpp"

namespace medbench::testing {

// Needs flock of util-linux, as every distribution has it.
inline std::string launcher_of_places(const TemporaryFolder& folder, int places) {
  std::string numbers;
  for (int place = 1; place <= places; ++place) numbers += fmt::format(" {}", place);
  const auto file = folder.write("places/launcher", fmt::format(R"(#!/bin/sh
while :; do
  for place in{}; do
    exec 9> "${{0}}_$place"
    if flock -n 9; then exec "$@"; fi
  done
  sleep 0.05
done
)",
                                                                numbers));
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  return file.string();
}

}  // namespace medbench::testing
