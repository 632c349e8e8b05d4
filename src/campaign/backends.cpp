#include "campaign/backends.hpp"

#include <array>

namespace medbench {

namespace {

constexpr std::string_view kBuilt = "run make smoke in medbench's source folder, which builds it";

constexpr std::array kBackends{
    KnownBackend{"torch", "cpu", true, kBuilt},
    KnownBackend{"onnxruntime", "cpu", true, kBuilt},
    KnownBackend{"openvino", "cpu", true, kBuilt},
    KnownBackend{"tensorrt", "cuda", true, kBuilt, true},
    KnownBackend{"tpu", "tpu", true, kBuilt},
    KnownBackend{"pjrt", "cpu", true, kBuilt},
    // The oracle of the tests: far too slow to be measured unasked.
    KnownBackend{"reference", "cpu", false, kBuilt},
};

}  // namespace

std::span<const KnownBackend> known_backends() {
  return kBackends;
}

const KnownBackend* find_known_backend(std::string_view name) {
  for (const auto& backend : kBackends) {
    if (backend.name == name) return &backend;
  }
  return nullptr;
}

}  // namespace medbench
