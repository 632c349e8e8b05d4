// OpenVINO's exceptions as medbench's.
#pragma once

#include <exception>
#include <new>
#include <openvino/core/except.hpp>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace medbench::openvino_backend {

// The text of an exception of OpenVINO without its source positions, on one line.
std::string plain_text(std::string_view text);

// Runs `work`; what OpenVINO throws becomes a Runtime error that begins with `what`, or std::bad_alloc.
template <class Work>
auto translate_errors(std::string_view what, Work work) {
  try {
    return work();
  } catch (const Error&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    const std::string text = plain_text(error.what());
    if (text.find("bad_alloc") != std::string::npos) throw std::bad_alloc();
    throw runtime_failure("openvino: {}: {}", what, printable(text, 600));
  }
}

}  // namespace medbench::openvino_backend
