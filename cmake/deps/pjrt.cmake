# PJRT: its C header, target medbench_pjrt, and a plug-in for the CPU, which the worker loads when it is asked for no other.
medbench_wheel(xla-cpu-pjrt pjrt_header_dir INTO pjrt PATTERNS "xla_plugins/xla_cpu_pjrt/include/pjrt_c_api.h")
medbench_wheel(lammps-jax-pjrt-cpu pjrt_dir INTO pjrt PATTERNS
  "lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so" "*/licenses/*")
# The table's fields have the names of their types, which GCC 12 accepts only where a type is named from the outermost scope.
set(pjrt_header "xla_plugins/xla_cpu_pjrt/include/pjrt_c_api.h")
file(READ "${pjrt_header_dir}/${pjrt_header}" header)
string(REPLACE "(fn_type) fn_type* fn_type" "(fn_type) ::fn_type* fn_type" qualified_header "${header}")
if(qualified_header STREQUAL header)
  message(FATAL_ERROR "${pjrt_header} no longer defines its fields as expected: adapt cmake/deps/pjrt.cmake")
endif()
file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/include/pjrt/pjrt_c_api.h" CONTENT "${qualified_header}" @ONLY)
add_library(medbench_pjrt INTERFACE)
target_include_directories(medbench_pjrt SYSTEM INTERFACE "${CMAKE_BINARY_DIR}/include/pjrt")
set(MEDBENCH_PJRT_PLUGIN "${pjrt_dir}/lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so")
install(FILES "${MEDBENCH_PJRT_PLUGIN}" DESTINATION lib/medbench/pjrt)
