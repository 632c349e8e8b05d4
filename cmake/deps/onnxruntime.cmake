# ONNX Runtime for the CPU, from the wheel: only the shared library, which the worker loads at run time. The build tree has it
# where an installation has it, lib/medbench/onnxruntime.
medbench_wheel_version(onnxruntime onnxruntime_version)
set(onnxruntime_lib "${MEDBENCH_DEPS_DIR}/onnxruntime/onnxruntime/capi")
set(MEDBENCH_ORT_FILE "libonnxruntime.so.${onnxruntime_version}")
file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/lib/medbench")
file(CREATE_LINK "${onnxruntime_lib}" "${CMAKE_BINARY_DIR}/lib/medbench/onnxruntime" SYMBOLIC)
install(FILES "${onnxruntime_lib}/${MEDBENCH_ORT_FILE}" "${onnxruntime_lib}/libonnxruntime_providers_shared.so"
  DESTINATION lib/medbench/onnxruntime)
medbench_install_licenses(onnxruntime "${MEDBENCH_DEPS_DIR}/onnxruntime/onnxruntime/LICENSE"
  "${MEDBENCH_DEPS_DIR}/onnxruntime/onnxruntime/ThirdPartyNotices.txt")
