# Binary dependencies that come as Python wheels, pinned in deps/wheels.txt and fetched by tools/fetch-wheels while the build
# goes on with what does not need them. The files of cmake/deps/ say what targets come of them; what they name need not be
# there when CMake configures.
set(MEDBENCH_DEPS_DIR "${CMAKE_SOURCE_DIR}/.deps" CACHE PATH "Where wheels are unpacked")
set(MEDBENCH_WHEEL_LIST "${CMAKE_SOURCE_DIR}/deps/wheels.txt")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${MEDBENCH_WHEEL_LIST}")

# medbench_wheel_version(name OUT): the version that is pinned.
function(medbench_wheel_version name out)
  file(STRINGS "${MEDBENCH_WHEEL_LIST}" row REGEX "^${name} ")
  if(NOT row)
    message(FATAL_ERROR "deps/wheels.txt has no row for ${name}: add its version, size and sha256")
  endif()
  string(REGEX REPLACE "^[^ ]+ ([^ ]+) .*" "\\1" version "${row}")
  set(${out} "${version}" PARENT_SCOPE)
endfunction()

# medbench_wheel_files(path ...): files below MEDBENCH_DEPS_DIR that something is built from, each by its path.
function(medbench_wheel_files)
  set_property(GLOBAL APPEND PROPERTY MEDBENCH_WHEEL_FILES ${ARGN})
endfunction()

# medbench_wheel_library(target path): a shared library of a wheel to link with. As a path alone CMake would look into it when
# it configures, and link by another name where it is not there yet.
function(medbench_wheel_library target path)
  add_library(${target} SHARED IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES IMPORTED_LOCATION "${path}")
  medbench_wheel_files("${path}")
endfunction()

# medbench_rewrite(INPUT OUTPUT FROM TO [AND text]): a copy of a file of a wheel with one text replaced wherever it
# stands, made when the file is there; building fails where the file does not hold FROM, or AND.
function(medbench_rewrite input output from to)
  cmake_parse_arguments(arg "" "AND" "" ${ARGN})
  add_custom_command(OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DINPUT=${input}" "-DOUTPUT=${output}" "-DFROM=${from}" "-DTO=${to}" "-DAND=${arg_AND}"
            -P "${CMAKE_SOURCE_DIR}/cmake/rewrite.cmake"
    DEPENDS "${input}" "${CMAKE_SOURCE_DIR}/cmake/rewrite.cmake"
    VERBATIM COMMENT "Adapting ${input}")
endfunction()

# Defines the target `wheels`, after all files of them were named.
function(medbench_fetch_wheels)
  find_package(Python3 COMPONENTS Interpreter REQUIRED)
  get_property(files GLOBAL PROPERTY MEDBENCH_WHEEL_FILES)
  add_custom_command(OUTPUT "${MEDBENCH_DEPS_DIR}/.complete" BYPRODUCTS ${files}
    COMMAND "${Python3_EXECUTABLE}" "${CMAKE_SOURCE_DIR}/tools/fetch-wheels" "${MEDBENCH_DEPS_DIR}"
    DEPENDS "${MEDBENCH_WHEEL_LIST}" "${CMAKE_SOURCE_DIR}/tools/fetch-wheels"
    USES_TERMINAL VERBATIM COMMENT "Fetching wheels")
  add_custom_target(wheels ALL DEPENDS "${MEDBENCH_DEPS_DIR}/.complete")
endfunction()
