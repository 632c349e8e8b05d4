# PJRT: its C header, target medbench_pjrt, and a plug-in for the CPU, which the worker loads when it is asked for no other.
set(pjrt_header "${MEDBENCH_DEPS_DIR}/pjrt/xla_plugins/xla_cpu_pjrt/include/pjrt_c_api.h")
medbench_wheel_files("${pjrt_header}")
# The table's fields have the names of their types, which GCC 12 accepts only where a type is named from the outermost scope.
medbench_rewrite("${pjrt_header}" "${CMAKE_BINARY_DIR}/include/pjrt/pjrt_c_api.h" "(fn_type) fn_type* fn_type" "(fn_type) ::fn_type* fn_type")
add_custom_target(pjrt_header DEPENDS "${CMAKE_BINARY_DIR}/include/pjrt/pjrt_c_api.h")
add_library(medbench_pjrt INTERFACE)
add_dependencies(medbench_pjrt pjrt_header)
target_include_directories(medbench_pjrt SYSTEM INTERFACE "${CMAKE_BINARY_DIR}/include/pjrt")
set(MEDBENCH_PJRT_PLUGIN "${MEDBENCH_DEPS_DIR}/pjrt/lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so")
install(FILES "${MEDBENCH_PJRT_PLUGIN}" DESTINATION lib/medbench/pjrt)
medbench_wheel_version(lammps-jax-pjrt-cpu pjrt_version)
medbench_install_licenses(lammps-jax-pjrt-cpu
  "${MEDBENCH_DEPS_DIR}/pjrt/lammps_jax_pjrt_cpu-${pjrt_version}.dist-info/licenses/LICENSE"
  "${MEDBENCH_DEPS_DIR}/pjrt/lammps_jax_pjrt_cpu-${pjrt_version}.dist-info/licenses/THIRD_PARTY_NOTICES")
