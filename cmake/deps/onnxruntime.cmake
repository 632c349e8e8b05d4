# ONNX Runtime for the CPU, from the wheel: only the shared library, which the worker loads at run time. The build tree has it
# where an installation has it, lib/medbench/onnxruntime.
medbench_wheel(onnxruntime onnxruntime_dir PATTERNS
  "onnxruntime/capi/libonnxruntime.so*" "onnxruntime/capi/libonnxruntime_providers_shared.so")
set(onnxruntime_lib "${onnxruntime_dir}/onnxruntime/capi")
file(GLOB onnxruntime_files "${onnxruntime_lib}/libonnxruntime.so.*")
list(LENGTH onnxruntime_files count)
if(NOT count EQUAL 1)
  message(FATAL_ERROR "the onnxruntime wheel should hold one libonnxruntime.so.<version>; found: ${onnxruntime_files}")
endif()
get_filename_component(MEDBENCH_ORT_FILE "${onnxruntime_files}" NAME)
file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/lib/medbench")
file(CREATE_LINK "${onnxruntime_lib}" "${CMAKE_BINARY_DIR}/lib/medbench/onnxruntime" SYMBOLIC)
install(FILES ${onnxruntime_files} "${onnxruntime_lib}/libonnxruntime_providers_shared.so"
  DESTINATION lib/medbench/onnxruntime)
