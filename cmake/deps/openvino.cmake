# OpenVINO from the wheel, which is a whole C++ SDK: target medbench_openvino. The wheel's own CMake package wants every
# frontend to be there; only the ONNX frontend, the device plug-ins and TBB are unpacked. libopenvino.so finds the plug-ins
# and the frontend beside itself, and they find each other by their own run path. The GPU and NPU plug-ins load the drivers
# of the user's machine; where there are none they offer no device.
medbench_wheel(openvino openvino_dir PATTERNS
  "openvino/include/*" "openvino/libs/libopenvino.so*" "openvino/libs/libopenvino_onnx_frontend.so*"
  "openvino/libs/libopenvino_intel_*_plugin.so" "openvino/libs/libopenvino_auto_plugin.so"
  "openvino/libs/libopenvino_hetero_plugin.so" "openvino/libs/libtbb.so*" "openvino/libs/libtbbbind*"
  "openvino/libs/libtbbmalloc.so*" "openvino/libs/libhwloc.so*" "openvino/libs/cache.json"
  "openvino-*.dist-info/licenses/*")

set(openvino_lib "${openvino_dir}/openvino/libs")
file(GLOB openvino_runtime "${openvino_lib}/libopenvino.so.*")
add_library(medbench_openvino INTERFACE)
target_include_directories(medbench_openvino SYSTEM INTERFACE "${openvino_dir}/openvino/include")
target_link_libraries(medbench_openvino INTERFACE "${openvino_runtime}")
target_link_options(medbench_openvino INTERFACE "-Wl,-rpath-link,${openvino_lib}")

install(DIRECTORY "${openvino_lib}/" DESTINATION lib/medbench/openvino)
set(MEDBENCH_OPENVINO_INSTALL_RPATH "$ORIGIN/../../lib/medbench/openvino")
