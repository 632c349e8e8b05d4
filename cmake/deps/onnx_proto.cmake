# The messages of an ONNX file, from the onnx wheel's onnx.proto: target medbench_onnx_proto with <onnx.pb.h>. The package is
# renamed and only protobuf's lite runtime is linked, statically, so that nothing clashes with the onnx and protobuf that a
# runtime library may carry in the same process; the wire format knows no package names.
set(Protobuf_USE_STATIC_LIBS ON)
find_package(Protobuf 3.21 REQUIRED)

set(onnx_generated "${CMAKE_BINARY_DIR}/generated/onnx")
medbench_wheel_files("${MEDBENCH_DEPS_DIR}/onnx/onnx/onnx.proto")
medbench_rewrite("${MEDBENCH_DEPS_DIR}/onnx/onnx/onnx.proto" "${onnx_generated}/onnx.proto"
  "package onnx;" "package medbench.onnx;" AND "optimize_for = LITE_RUNTIME;")
add_custom_command(
  OUTPUT "${onnx_generated}/onnx.pb.cc" "${onnx_generated}/onnx.pb.h"
  COMMAND protobuf::protoc --proto_path "${onnx_generated}" --cpp_out "${onnx_generated}" onnx.proto
  DEPENDS "${onnx_generated}/onnx.proto"
  COMMENT "Generating the messages of ONNX")
add_library(medbench_onnx_proto STATIC "${onnx_generated}/onnx.pb.cc" "${onnx_generated}/onnx.pb.h")
target_include_directories(medbench_onnx_proto SYSTEM PUBLIC "${onnx_generated}")
target_link_libraries(medbench_onnx_proto PUBLIC protobuf::libprotobuf-lite)
set_target_properties(medbench_onnx_proto PROPERTIES CXX_CLANG_TIDY "")  # what protoc writes has its own style
