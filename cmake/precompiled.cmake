# Headers that most sources read, precompiled once for each kind of target. A source still includes all that it uses: the
# tidy preset builds without them.
option(MEDBENCH_PRECOMPILE "Precompile the headers that most sources read" ON)

set(medbench_common_headers
  <algorithm> <array> <charconv> <chrono> <cmath> <cstdint> <cstdlib> <cstring> <filesystem> <fstream> <functional> <limits> <map>
  <memory> <numeric> <optional> <set> <span> <string> <string_view> <system_error> <unordered_set> <utility> <variant> <vector>
  <fmt/format.h> <fmt/ranges.h> "${CMAKE_SOURCE_DIR}/src/base/json.hpp")

# medbench_precompile(kind HEADERS ... LINK ... [FLAGS target]): a kind of target whose sources begin with these headers.
function(medbench_precompile kind)
  cmake_parse_arguments(arg "" "FLAGS" "HEADERS;LINK" ${ARGN})
  if(NOT MEDBENCH_PRECOMPILE)
    return()
  endif()
  if(NOT arg_FLAGS)
    set(arg_FLAGS medbench_flags)
  endif()
  set(target "medbench_precompiled_${kind}")
  set(source "${CMAKE_BINARY_DIR}/generated/precompiled_${kind}.cpp")
  file(CONFIGURE OUTPUT "${source}" CONTENT "// Only there to have the headers of this kind compiled.\n" @ONLY)
  add_library(${target} OBJECT "${source}")
  target_include_directories(${target} PRIVATE "${CMAKE_SOURCE_DIR}/src")
  target_link_libraries(${target} PRIVATE ${arg_FLAGS} fmt::fmt nlohmann_json::nlohmann_json ${arg_LINK})
  target_precompile_headers(${target} PRIVATE ${arg_HEADERS})
endfunction()

# medbench_precompiled(target kind): the target's sources have the same flags as the kind and begin with its headers.
function(medbench_precompiled target kind)
  if(MEDBENCH_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM medbench_precompiled_${kind})
  endif()
endfunction()

medbench_precompile(common HEADERS ${medbench_common_headers})
medbench_precompile(optimized HEADERS ${medbench_common_headers} FLAGS medbench_optimized_flags)
