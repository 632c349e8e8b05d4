#include "backend/tensorrt/model_files.hpp"

#include <fstream>

#include "base/cache.hpp"
#include "base/error.hpp"

namespace medbench::trt {

namespace fs = std::filesystem;

namespace {

std::ofstream open(const fs::path& path) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  if (!file) throw environment_error("cannot write {}: set TMPDIR to a folder with room", path.string());
  return file;
}

void write(std::ofstream& file, std::span<const std::byte> bytes) {
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

void close(std::ofstream& file, const fs::path& path, std::uint64_t bytes) {
  file.close();
  if (!file) {
    throw environment_error("cannot write {} with {} MB: set TMPDIR to a folder with room", path.string(),
                            bytes / 1'000'000 + 1);
  }
}

}  // namespace

fs::path write_model_files(const lower::OnnxModel& model, const fs::path& folder) {
  const fs::path weights = folder / lower::kWeightsFile;
  if (!model.initializers.empty()) {
    std::ofstream file = open(weights);
    for (const lower::OnnxInitializer& initializer : model.initializers) {
      file.seekp(static_cast<std::streamoff>(initializer.offset));
      write(file, initializer.data.view.data);
    }
    close(file, weights, model.weights_bytes);
  }
  fs::path path = folder / "model.onnx";
  std::ofstream file = open(path);
  write(file, std::as_bytes(std::span(model.proto)));
  close(file, path, model.proto.size());
  return path;
}

std::string hash_of(const lower::OnnxModel& model) {
  ContentHash hash;
  hash.add(model.proto);
  for (const lower::OnnxInitializer& initializer : model.initializers) hash.add(initializer.data.view.data);
  return hash.hex();
}

}  // namespace medbench::trt
