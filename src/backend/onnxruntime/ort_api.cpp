#include "backend/onnxruntime/ort_api.hpp"

#include <new>
#include <string>

namespace medbench::ort {

namespace {

// What the library's messages hold where memory ran out: its own arena, the CUDA arena, the C++ library.
bool tells_of_memory(std::string_view message) {
  return message.find("Failed to allocate memory") != std::string_view::npos ||
         message.find("std::bad_alloc") != std::string_view::npos ||
         message.find("CUDA failure 2:") != std::string_view::npos;
}

}  // namespace

void Api::check(std::string_view function, Status* status) const {
  if (status == nullptr) return;
  const ErrorCode code = call(slot::kGetErrorCode, status);
  const char* text = call(slot::kGetErrorMessage, status);
  const std::string message = text != nullptr ? text : "";
  call(slot::kReleaseStatus, status);
  if (tells_of_memory(message)) throw std::bad_alloc();
  constexpr std::size_t kLongest = 600;
  const std::string shown = printable(message, kLongest);
  if (code == ErrorCode::NotImplemented) throw unsupported_error("onnxruntime: {}: {}", function, shown);
  throw runtime_failure("onnxruntime: {}: {}", function, shown);
}

void Api::throw_too_old(std::string_view function, std::uint32_t since) const {
  throw environment_error(
      "this ONNX Runtime has version {} of the interface, without {}: use one of version {} (ONNX Runtime "
      "1.{}) or newer",
      version_, function, since, since);
}

}  // namespace medbench::ort
