#include "base/cache.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <new>
#include <optional>
#include <xxhash.h>

#include "base/error.hpp"

namespace medbench {

namespace fs = std::filesystem;

namespace {

std::optional<fs::path> variable(const char* name) {
  const char* text = std::getenv(name);
  if (text == nullptr || *text == '\0') return std::nullopt;
  return fs::path(text);
}

}  // namespace

fs::path cache_folder(std::string_view part) {
  if (const auto cache = variable("MEDBENCH_CACHE_DIR")) return *cache / part;
  if (const auto cache = variable("XDG_CACHE_HOME")) return *cache / "medbench" / part;
  if (const auto home = variable("HOME")) return *home / ".cache" / "medbench" / part;
  throw environment_error("no folder for cached models: set MEDBENCH_CACHE_DIR or HOME");
}

ContentHash::ContentHash() : state_(XXH3_createState()) {
  if (state_ == nullptr) throw std::bad_alloc();
  XXH3_128bits_reset(state_.get());
}

void ContentHash::add(std::span<const std::byte> bytes) {
  XXH3_128bits_update(state_.get(), bytes.data(), bytes.size());
}

std::string ContentHash::hex() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(state_.get());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

void ContentHash::Free::operator()(XXH3_state_s* state) const {
  XXH3_freeState(state);
}

}  // namespace medbench
