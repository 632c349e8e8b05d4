#include "backend/tensorrt/engine_cache.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <system_error>

#include "base/error.hpp"

namespace medbench::trt {

namespace fs = std::filesystem;

namespace {

constexpr const char* kMatrixFolder = "hardware_matrix";

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// <root>/<date>/hardware_matrix/<name> of other dates, the newest first.
std::vector<fs::path> of_other_days(const fs::path& folder) {
  std::vector<fs::path> others;
  const fs::path matrix = folder.parent_path();
  if (matrix.filename() != kMatrixFolder) return others;
  const fs::path day = matrix.parent_path();
  std::error_code error;
  for (auto it = fs::directory_iterator(day.parent_path(), error); !error && it != fs::directory_iterator();
       it.increment(error)) {
    fs::path candidate = it->path() / kMatrixFolder / folder.filename();
    std::error_code ignored;
    if (it->path() != day && fs::is_directory(candidate, ignored)) others.push_back(std::move(candidate));
  }
  std::sort(others.rbegin(), others.rend());
  return others;
}

}  // namespace

EngineCache::EngineCache(std::optional<fs::path> folder) : folder_(std::move(folder)) {}

std::vector<fs::path> EngineCache::folders() const {
  std::vector<fs::path> all = of_other_days(*folder_);
  all.insert(all.begin(), *folder_);
  return all;
}

EngineCache::Found EngineCache::find(const EngineIdentity& identity) {
  if (!folder_) return {};
  for (const fs::path& folder : folders()) {
    const fs::path path = folder / identity.file_name();
    std::error_code error;
    if (!fs::is_regular_file(path, error)) continue;
    try {
      auto file = std::make_unique<MappedFile>(path);
      const ReadEngine read = read_engine(file->bytes(), identity);
      if (read.problem.empty()) return {std::move(file), read.engine};
      discard(path, read.problem);
    } catch (const Error& failure) {
      notes_.push_back(fmt::format("an engine of the cache is not read: {}", failure.what()));
    }
  }
  return {};
}

void EngineCache::discard(const fs::path& file, const std::string& problem) {
  std::error_code error;
  const bool is_gone = fs::remove(file, error);
  notes_.push_back(fmt::format("{} was {} and the engine is built anew: {}", printable(file.string()),
                               is_gone ? "removed" : "left alone", problem));
}

void EngineCache::store(const EngineIdentity& identity, std::span<const std::byte> engine) {
  if (folder_) write(identity.file_name(), engine_header(identity, engine), engine);
}

std::optional<fs::path> EngineCache::beside(const std::string& name) const {
  return folder_ ? std::optional(*folder_ / name) : std::nullopt;
}

void EngineCache::store_beside(const std::string& name, std::span<const std::byte> content) {
  if (folder_) write(name, {}, content);
}

void EngineCache::write(const std::string& name, std::string_view header,
                        std::span<const std::byte> content) {
  std::error_code error;
  fs::create_directories(*folder_, error);
  try {
    replace_file(*folder_ / name, std::array{header, text_of(content)});
  } catch (const Error& failure) {
    notes_.push_back(fmt::format("{} is not kept in the cache: {}", name, failure.what()));
  }
}

}  // namespace medbench::trt
