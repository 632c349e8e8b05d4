# The four shapes of a target: a component (one folder of src/), a worker, a test binary and a benchmark.

# medbench_component(NAME name SOURCES ... HEADERS ... LINK ... [PRIVATE_LINK ...])
# A static library medbench_<name>; its headers are verified to compile alone (target all_verify_interface_header_sets).
function(medbench_component)
  cmake_parse_arguments(arg "" "NAME" "SOURCES;HEADERS;LINK;PRIVATE_LINK" ${ARGN})
  set(target "medbench_${arg_NAME}")
  add_library(${target} STATIC ${arg_SOURCES})
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS "${CMAKE_SOURCE_DIR}/src" FILES ${arg_HEADERS})
  target_include_directories(${target} PUBLIC "${CMAKE_SOURCE_DIR}/src")
  target_link_libraries(${target} PUBLIC ${arg_LINK} PRIVATE medbench_flags ${arg_PRIVATE_LINK})
  set_target_properties(${target} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
endfunction()

# medbench_worker(NAME backend SOURCES ... LINK ...)
# An executable libexec/medbench/worker-<backend>.
function(medbench_worker)
  cmake_parse_arguments(arg "NO_INSTALL" "NAME" "SOURCES;LINK" ${ARGN})
  set(target "worker-${arg_NAME}")
  add_executable(${target} ${arg_SOURCES})
  target_link_libraries(${target} PRIVATE medbench_worker_main medbench_flags ${arg_LINK})
  set_target_properties(${target} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/${MEDBENCH_LIBEXEC_DIR}")
  if(NOT arg_NO_INSTALL)
    install(TARGETS ${target} RUNTIME DESTINATION "${MEDBENCH_LIBEXEC_DIR}")
  endif()
endfunction()

# medbench_test(NAME folder SOURCES ... LINK ... [LABELS ...])
# A GoogleTest binary test_<folder>; every case is a ctest of its own, labelled unit unless said otherwise.
function(medbench_test)
  cmake_parse_arguments(arg "" "NAME" "SOURCES;LINK;LABELS;DEPENDS;DEFINITIONS" ${ARGN})
  set(target "test_${arg_NAME}")
  add_executable(${target} ${arg_SOURCES})
  target_include_directories(${target} PRIVATE "${CMAKE_SOURCE_DIR}")
  target_link_libraries(${target} PRIVATE medbench_flags ${arg_LINK} GTest::gmock_main)
  target_compile_definitions(${target} PRIVATE MEDBENCH_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
    MEDBENCH_BINARY_DIR="${CMAKE_BINARY_DIR}" ${arg_DEFINITIONS})
  if(arg_DEPENDS)
    add_dependencies(${target} ${arg_DEPENDS})
  endif()
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  gtest_discover_tests(${target} TEST_PREFIX "${arg_NAME}." DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS "${arg_LABELS}" TIMEOUT 300)
endfunction()

# medbench_benchmark(NAME name SOURCES ... LINK ...)
function(medbench_benchmark)
  cmake_parse_arguments(arg "" "NAME" "SOURCES;LINK" ${ARGN})
  add_executable(bench_${arg_NAME} ${arg_SOURCES})
  target_link_libraries(bench_${arg_NAME} PRIVATE medbench_flags ${arg_LINK} benchmark::benchmark_main)
endfunction()
