#include "lower/onnx/flavour.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"

namespace medbench::lower {
namespace {

constexpr std::array kFlavours{
    OnnxFlavour{.runtime = "onnxruntime"},
    OnnxFlavour{.runtime = "openvino"},
    OnnxFlavour{.runtime = "tensorrt"},
};

}  // namespace

std::span<const OnnxFlavour> onnx_flavours() {
  return kFlavours;
}

const OnnxFlavour& find_flavour(std::string_view runtime) {
  const auto found = std::find_if(kFlavours.begin(), kFlavours.end(),
                                  [&](const OnnxFlavour& row) { return row.runtime == runtime; });
  if (found == kFlavours.end()) throw internal_error("no ONNX flavour is called '{}'", runtime);
  return *found;
}

}  // namespace medbench::lower
