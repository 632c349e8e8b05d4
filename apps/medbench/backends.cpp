#include "medbench/backends.hpp"

#include <array>

namespace medbench {

namespace {

constexpr std::array kBackends{
    KnownBackend{"torch", "run make smoke in medbench's source folder, which builds it"},
    KnownBackend{"reference", "run make smoke in medbench's source folder, which builds it"},
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
