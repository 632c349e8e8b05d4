# The messages of an ONNX file, from the onnx wheel's onnx.proto: target medbench_onnx_proto with <onnx.pb.h>. The package is
# renamed and only protobuf's lite runtime is linked, statically, so that nothing clashes with the onnx and protobuf that a
# runtime library may carry in the same process; the wire format knows no package names.
medbench_wheel(onnx onnx_dir PATTERNS "onnx/onnx.proto")
set(Protobuf_USE_STATIC_LIBS ON)
find_package(Protobuf 3.21 REQUIRED)

set(onnx_generated "${CMAKE_BINARY_DIR}/generated/onnx")
file(READ "${onnx_dir}/onnx/onnx.proto" onnx_messages)
string(REPLACE "package onnx;" "package medbench.onnx;" onnx_messages "${onnx_messages}")
if(NOT onnx_messages MATCHES "package medbench.onnx;" OR NOT onnx_messages MATCHES "optimize_for = LITE_RUNTIME;")
  message(FATAL_ERROR "onnx.proto of the pinned wheel has another package or runtime than expected: look at cmake/deps/onnx_proto.cmake")
endif()
file(CONFIGURE OUTPUT "${onnx_generated}/onnx.proto" CONTENT "${onnx_messages}" @ONLY)
add_custom_command(
  OUTPUT "${onnx_generated}/onnx.pb.cc" "${onnx_generated}/onnx.pb.h"
  COMMAND protobuf::protoc --proto_path "${onnx_generated}" --cpp_out "${onnx_generated}" onnx.proto
  DEPENDS "${onnx_generated}/onnx.proto"
  COMMENT "Generating the messages of ONNX")
add_library(medbench_onnx_proto STATIC "${onnx_generated}/onnx.pb.cc" "${onnx_generated}/onnx.pb.h")
target_include_directories(medbench_onnx_proto SYSTEM PUBLIC "${onnx_generated}")
target_link_libraries(medbench_onnx_proto PUBLIC protobuf::libprotobuf-lite)
set_target_properties(medbench_onnx_proto PROPERTIES CXX_CLANG_TIDY "")  # what protoc writes has its own style
