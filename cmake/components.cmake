# The shapes of a target: a component (one folder of src/), a worker, a test binary and a benchmark.

# medbench_component(NAME name [OPTIMIZED] SOURCES ... HEADERS ... LINK ... [PRIVATE_LINK ...])
# A static library medbench_<name>, OPTIMIZED also in debug builds; its headers are verified to compile alone (target all_verify_interface_header_sets).
function(medbench_component)
  cmake_parse_arguments(arg "OPTIMIZED" "NAME" "SOURCES;HEADERS;LINK;PRIVATE_LINK" ${ARGN})
  set(kind common)
  set(flags medbench_flags)
  if(arg_OPTIMIZED)
    set(kind optimized)
    set(flags medbench_optimized_flags)
  endif()
  set(target "medbench_${arg_NAME}")
  add_library(${target} STATIC ${arg_SOURCES})
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS "${CMAKE_SOURCE_DIR}/src" FILES ${arg_HEADERS})
  target_include_directories(${target} PUBLIC "${CMAKE_SOURCE_DIR}/src")
  target_link_libraries(${target} PUBLIC ${arg_LINK} PRIVATE ${flags} ${arg_PRIVATE_LINK})
  set_target_properties(${target} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  medbench_precompiled(${target} ${kind})
endfunction()

# medbench_worker_program(backend SOURCES ... LINK ...): an executable libexec/medbench/worker-<backend>.
function(medbench_worker_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  set(target "worker-${name}")
  add_executable(${target} ${arg_SOURCES})
  target_link_libraries(${target} PRIVATE medbench_worker medbench_flags medbench_sanitizer_defaults ${arg_LINK})
  set_target_properties(${target} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/${MEDBENCH_LIBEXEC_DIR}")
endfunction()

# medbench_worker(NAME name FACTORY expression [BACKEND folder] [ALSO folder] [LIBRARIES folder])
# The worker of a backend, with a main function that is written here: `expression` makes the backend and may use `argv`;
# it is declared in backend/<folder>/<folder>_backend.hpp and defined in medbench_backend_<folder>. The folder is the name
# unless said otherwise. ALSO: another backend that the expression makes. LIBRARIES: where its runtime's lie in an installation.
function(medbench_worker)
  cmake_parse_arguments(arg "" "NAME;FACTORY;BACKEND;ALSO;LIBRARIES" "" ${ARGN})
  if(NOT arg_BACKEND)
    set(arg_BACKEND "${arg_NAME}")
  endif()
  set(also "")
  set(other "")
  if(arg_ALSO)
    set(also "\n#include \"backend/${arg_ALSO}/${arg_ALSO}_backend.hpp\"")
    set(other "medbench_backend_${arg_ALSO}")
  endif()
  set(main "${CMAKE_CURRENT_BINARY_DIR}/${arg_NAME}_main.cpp")
  configure_file("${CMAKE_SOURCE_DIR}/cmake/worker_main.cpp.in" "${main}" @ONLY)
  medbench_worker_program(${arg_NAME} SOURCES "${main}" LINK medbench_backend_${arg_BACKEND} ${other})
  medbench_install_program(worker-${arg_NAME} "${MEDBENCH_LIBEXEC_DIR}" ${arg_LIBRARIES})
endfunction()

# medbench_test(NAME folder SOURCES ... LINK ... [LABELS ...] [DEPENDS ...] [DEFINITIONS ...] [SUITES ...])
# A GoogleTest binary test_<folder>; every case is a ctest of its own, labelled unit unless said otherwise. All cases of
# each of SUITES run in one process and are one ctest: for suites whose process loads a runtime, which takes longer than the
# cases.
function(medbench_test)
  cmake_parse_arguments(arg "" "NAME" "SOURCES;LINK;LABELS;DEPENDS;DEFINITIONS;SUITES" ${ARGN})
  set(target "test_${arg_NAME}")
  add_executable(${target} ${arg_SOURCES})
  target_include_directories(${target} PRIVATE "${CMAKE_SOURCE_DIR}")
  target_link_libraries(${target} PRIVATE
    medbench_test_flags medbench_sanitizer_defaults medbench_test_paths ${arg_LINK} medbench_test_main)
  target_compile_definitions(${target} PRIVATE ${arg_DEFINITIONS})
  medbench_precompiled(${target} tests)
  if(arg_DEPENDS)
    add_dependencies(${target} ${arg_DEPENDS})
  endif()
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  # Discovery takes one label: several are one with parts, which `ctest -L PART` finds.
  list(JOIN arg_LABELS "-" label)
  set(patterns "")
  foreach(suite IN LISTS arg_SUITES)
    add_test(NAME "${arg_NAME}.${suite}" COMMAND ${target} "--gtest_filter=${suite}.*")
    set_tests_properties("${arg_NAME}.${suite}" PROPERTIES
      LABELS "${label}" TIMEOUT 900 SKIP_RETURN_CODE 77 COST 1000)  # the longest begin first
    list(APPEND patterns "${suite}.*")
  endforeach()
  set(filter "")
  if(patterns)
    list(JOIN patterns ":" patterns)
    set(filter TEST_FILTER "-${patterns}")
  endif()
  gtest_discover_tests(${target} TEST_PREFIX "${arg_NAME}." DISCOVERY_TIMEOUT 60 ${filter}
    PROPERTIES LABELS "${label}" TIMEOUT 300)
endfunction()

# medbench_benchmark(NAME name SOURCES ... LINK ...)
function(medbench_benchmark)
  cmake_parse_arguments(arg "" "NAME" "SOURCES;LINK" ${ARGN})
  add_executable(bench_${arg_NAME} ${arg_SOURCES})
  target_link_libraries(bench_${arg_NAME} PRIVATE medbench_flags ${arg_LINK} benchmark::benchmark_main)
endfunction()
