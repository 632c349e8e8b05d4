# Language level, warnings, sanitizers and the layout of the build tree, which is that of an installation.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(MEDBENCH_LIBEXEC_DIR "libexec/medbench")
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

# What one clone compiled serves another: paths below the source folder are taken relative to it.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros "${CCACHE_PROGRAM}")
  # Without it ccache does not see which precompiled header a source begins with.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-fpch-preprocess)
  endif()
endif()

add_library(medbench_flags INTERFACE)
target_compile_options(medbench_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual -Wnull-dereference -Wswitch -Wimplicit-fallthrough
  # Generated weights must be the same bytes on every machine.
  -ffp-contract=off)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False positives of GCC 12 at -O2 inside the standard library.
  target_compile_options(medbench_flags INTERFACE
    -Wno-null-dereference -Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow)
endif()
target_compile_definitions(medbench_flags INTERFACE
  MEDBENCH_VERSION="${PROJECT_VERSION}" MEDBENCH_BUILD_TYPE="${CMAKE_BUILD_TYPE}")
if(MEDBENCH_WERROR)
  target_compile_options(medbench_flags INTERFACE -Werror)
endif()
if(MEDBENCH_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
if(MEDBENCH_FUZZ)
  # The library of libFuzzer, which has a main function, goes into its targets alone.
  add_compile_options(-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
# Tests have the address sanitizer alone: what is checked for undefined behaviour is what they call, and their own sources
# take two thirds of the time to compile.
add_library(medbench_test_flags INTERFACE)
target_link_libraries(medbench_test_flags INTERFACE medbench_flags)
if(MEDBENCH_SANITIZE)
  target_compile_options(medbench_test_flags INTERFACE -fno-sanitize=undefined)
endif()
# What computes much, and would make tests slow where nothing is optimised.
add_library(medbench_optimized_flags INTERFACE)
target_link_libraries(medbench_optimized_flags INTERFACE medbench_flags)
target_compile_options(medbench_optimized_flags INTERFACE $<$<CONFIG:Debug>:-O1>)
# Options of the sanitizers that every program of ours starts with.
add_library(medbench_sanitizer_defaults INTERFACE)
if(MEDBENCH_SANITIZE)
  target_sources(medbench_sanitizer_defaults INTERFACE "${CMAKE_SOURCE_DIR}/cmake/sanitizer_defaults.cpp")
endif()
if(MEDBENCH_THREAD_SANITIZE)
  add_compile_options(-fsanitize=thread)
  add_link_options(-fsanitize=thread)
endif()
if(MEDBENCH_TIDY)
  find_program(CLANG_TIDY_PROGRAM NAMES clang-tidy-14 clang-tidy REQUIRED)
  set(CMAKE_CXX_CLANG_TIDY "${CLANG_TIDY_PROGRAM};--quiet;--extra-arg=-Wno-unknown-warning-option")
endif()
