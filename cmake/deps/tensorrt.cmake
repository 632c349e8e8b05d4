# TensorRT's headers, target medbench_tensorrt, where TENSORRT_ROOT (a variable of CMake or of the environment) or the
# system has them. Its libraries are opened at run time; the folder beside the headers is where they are looked for first.
set(TENSORRT_ROOT "$ENV{TENSORRT_ROOT}" CACHE PATH "The folder of TensorRT's SDK, or of that of TensorRT for RTX")
set(tensorrt_places ${TENSORRT_ROOT} /usr/local/tensorrt /usr/local/TensorRT /opt/tensorrt /opt/TensorRT /usr/local/cuda)
# Looked for anew each time: what is found depends on the variable.
unset(tensorrt_include CACHE)
unset(tensorrt_library CACHE)
find_path(tensorrt_include NvOnnxParser.h HINTS ${tensorrt_places}
  PATH_SUFFIXES include include/x86_64-linux-gnu include/aarch64-linux-gnu targets/x86_64-linux-gnu/include x86_64-linux-gnu aarch64-linux-gnu)
find_library(tensorrt_library NAMES nvinfer tensorrt_rtx libnvinfer.so.11 libnvinfer.so.10 libtensorrt_rtx.so.1
  HINTS ${tensorrt_places} PATH_SUFFIXES lib lib64 lib/x86_64-linux-gnu lib/aarch64-linux-gnu targets/x86_64-linux-gnu/lib)
set(MEDBENCH_TRT_LIBRARY_FOLDER "")
if(tensorrt_library)
  get_filename_component(MEDBENCH_TRT_LIBRARY_FOLDER "${tensorrt_library}" DIRECTORY)
endif()
if(tensorrt_include AND EXISTS "${tensorrt_include}/NvInfer.h")
  # They name a type of the CUDA runtime.
  set(tensorrt_cuda "${MEDBENCH_DEPS_DIR}/cuda-headers/nvidia/cu13/include")
  medbench_wheel_files("${tensorrt_cuda}/cuda_runtime_api.h")
  add_library(medbench_tensorrt INTERFACE)
  add_dependencies(medbench_tensorrt wheels)
  target_include_directories(medbench_tensorrt SYSTEM INTERFACE "${tensorrt_include}" "${tensorrt_cuda}")
  if(MEDBENCH_TRT_LIBRARY_FOLDER)
    message(STATUS "TensorRT: headers in ${tensorrt_include}, libraries in ${MEDBENCH_TRT_LIBRARY_FOLDER}")
  else()
    message(STATUS "TensorRT: headers in ${tensorrt_include}, no libraries beside them or in the system: MEDBENCH_TRT_LIBRARY names one when medbench runs")
  endif()
else()
  message(STATUS "TensorRT: no headers, so that worker-tensorrt has ONNX Runtime's provider alone; set TENSORRT_ROOT to the SDK's folder")
endif()
