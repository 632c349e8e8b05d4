#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <xxhash.h>

#include "base/descriptor.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "lower/onnx/onnx.hpp"

namespace medbench::lower {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTemporaryPrefix = ".writing-";
// A folder that is still being written is younger than this.
constexpr std::chrono::hours kStale{24};
constexpr std::array<std::byte, 64> kPadding{};

class Hash {
 public:
  Hash() : state_(XXH3_createState()) {
    if (state_ == nullptr) throw std::bad_alloc();
    XXH3_128bits_reset(state_.get());
  }
  void add(std::span<const std::byte> bytes) {
    XXH3_128bits_update(state_.get(), bytes.data(), bytes.size());
  }
  void add(std::string_view text) { add(std::as_bytes(std::span{text})); }
  [[nodiscard]] std::string hex() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(state_.get());
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
  }

 private:
  struct Free {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };
  std::unique_ptr<XXH3_state_t, Free> state_;
};

// Calls `use` with the bytes of the weights file in order, padding included.
template <class Use>
void for_each_piece(const OnnxModel& model, Use use) {
  std::uint64_t position = 0;
  for (const OnnxInitializer& tensor : model.initializers) {
    use(std::span{kPadding}.first(static_cast<std::size_t>(tensor.offset - position)));
    use(tensor.data.view.data);
    position = tensor.offset + tensor.data.view.data.size();
  }
}

// Model and weights in one number; the sizes keep the border between them.
Hash start_key(std::string_view proto, std::uint64_t weights_bytes) {
  Hash hash;
  hash.add(fmt::format("{} {}\n", proto.size(), weights_bytes));
  hash.add(proto);
  return hash;
}

std::string key_of(const OnnxModel& model) {
  Hash hash = start_key(model.proto, model.weights_bytes);
  for_each_piece(model, [&](std::span<const std::byte> bytes) { hash.add(bytes); });
  return hash.hex();
}

// Does the folder hold what its name says?
bool is_intact(const fs::path& folder, const OnnxModel& model, const std::string& key) {
  std::error_code ignored;
  if (fs::file_size(folder / kModelFile, ignored) != model.proto.size()) return false;
  if (fs::file_size(folder / kWeightsFile, ignored) != model.weights_bytes) return false;
  try {
    const MappedFile proto(folder / kModelFile);
    const MappedFile weights(folder / kWeightsFile);
    const auto* text = reinterpret_cast<const char*>(proto.bytes().data());
    Hash hash = start_key({text, proto.bytes().size()}, weights.bytes().size());
    hash.add(weights.bytes());
    return hash.hex() == key;
  } catch (const Error&) {  // it went away or cannot be read
    return false;
  }
}

Error cannot_write(const fs::path& path, const std::string& why) {
  return environment_error(
      "cannot write {}: {}; set MEDBENCH_CACHE_DIR to a folder that can be written and has room for the "
      "weights",
      path.string(), why);
}

class NewFile {
 public:
  explicit NewFile(const fs::path& path)
      : path_(path), fd_(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)) {
    if (!fd_) throw cannot_write(path_, std::strerror(errno));
  }
  void write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::write(fd_.get(), bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) throw cannot_write(path_, std::strerror(errno));
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
  }

 private:
  fs::path path_;
  UniqueFd fd_;
};

// A folder under a name of its own, removed unless it was moved away.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(const fs::path& cache) {
    std::string pattern = (cache / (std::string{kTemporaryPrefix} + "XXXXXX")).string();
    if (::mkdtemp(pattern.data()) == nullptr) throw cannot_write(cache, std::strerror(errno));
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// Nothing is flushed to the disk: what a power failure leaves behind does not match its key.
void write_files(const fs::path& folder, const OnnxModel& model) {
  NewFile(folder / kModelFile).write(std::as_bytes(std::span{model.proto}));
  NewFile weights(folder / kWeightsFile);
  for_each_piece(model, [&](std::span<const std::byte> bytes) { weights.write(bytes); });
}

// What processes left behind that were killed while they wrote.
void remove_stale_folders(const fs::path& cache) {
  std::error_code error;
  const auto now = fs::file_time_type::clock::now();
  for (fs::directory_iterator entry(cache, error), end; !error && entry != end; entry.increment(error)) {
    if (!entry->path().filename().string().starts_with(kTemporaryPrefix)) continue;
    std::error_code ignored;
    const auto changed = fs::last_write_time(entry->path(), ignored);
    if (!ignored && now - changed > kStale) fs::remove_all(entry->path(), ignored);
  }
}

std::optional<fs::path> variable(const char* name) {
  const char* text = std::getenv(name);
  if (text == nullptr || *text == '\0') return std::nullopt;
  return fs::path(text);
}

}  // namespace

fs::path write_onnx(const OnnxModel& model, const fs::path& cache) {
  const std::string key = key_of(model);
  const fs::path folder = cache / key;
  if (is_intact(folder, model, key)) return folder / kModelFile;
  std::error_code error;
  fs::create_directories(cache, error);
  std::error_code unknown;
  if (!fs::is_directory(cache, unknown)) {
    throw cannot_write(cache, error ? error.message() : "it is not a folder");
  }
  remove_stale_folders(cache);
  const TemporaryFolder fresh(cache);
  const fs::path whole = fresh.path() / "new";
  if (::mkdir(whole.c_str(), 0777) != 0) throw cannot_write(whole, std::strerror(errno));
  write_files(whole, model);
  // Another process may put its own there at any time; a broken one is moved out of the way and removed with
  // the temporary folder.
  constexpr int kMostTries = 10;
  for (int i = 0; i < kMostTries; ++i) {
    if (::rename(whole.c_str(), folder.c_str()) == 0) return folder / kModelFile;
    if (errno != EEXIST && errno != ENOTEMPTY && errno != ENOTDIR) break;
    if (is_intact(folder, model, key)) return folder / kModelFile;
    ::rename(folder.c_str(), (fresh.path() / fmt::format("broken-{}", i)).c_str());
  }
  throw cannot_write(folder, std::strerror(errno));
}

fs::path default_onnx_cache() {
  if (const auto cache = variable("MEDBENCH_CACHE_DIR")) return *cache / "onnx";
  if (const auto cache = variable("XDG_CACHE_HOME")) return *cache / "medbench" / "onnx";
  if (const auto home = variable("HOME")) return *home / ".cache" / "medbench" / "onnx";
  throw environment_error("no folder for cached models: set MEDBENCH_CACHE_DIR or HOME");
}

}  // namespace medbench::lower
