# OpenVINO from the wheel, which is a whole C++ SDK: target medbench_openvino. The wheel's own CMake package wants every
# frontend to be there; only the ONNX frontend, the device plug-ins and TBB are unpacked. libopenvino.so finds the plug-ins
# and the frontend beside itself, and they find each other by their own run path. The GPU and NPU plug-ins load the drivers
# of the user's machine; where there are none they offer no device.
medbench_wheel_version(openvino openvino_version)
set(openvino_lib "${MEDBENCH_DEPS_DIR}/openvino/openvino/libs")
# The library of 2026.4.1 is called libopenvino.so.2641.
string(REGEX REPLACE "^20([0-9]+)\\.([0-9]+)\\.([0-9]+)$" "\\1\\2\\3" openvino_suffix "${openvino_version}")
medbench_wheel_library(openvino_runtime "${openvino_lib}/libopenvino.so.${openvino_suffix}")
add_library(medbench_openvino INTERFACE)
add_dependencies(medbench_openvino wheels)
target_include_directories(medbench_openvino SYSTEM INTERFACE "${MEDBENCH_DEPS_DIR}/openvino/openvino/include")
target_link_libraries(medbench_openvino INTERFACE openvino_runtime)
target_link_options(medbench_openvino INTERFACE "-Wl,-rpath-link,${openvino_lib}")

install(DIRECTORY "${openvino_lib}/" DESTINATION lib/medbench/openvino)
set(MEDBENCH_OPENVINO_INSTALL_DIR "lib/medbench/openvino")
install(DIRECTORY "${MEDBENCH_DEPS_DIR}/openvino/openvino-${openvino_version}.dist-info/licenses/"
  DESTINATION "${MEDBENCH_LICENSES_DIR}/openvino")
