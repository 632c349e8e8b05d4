#include "data/weights_file.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include "data/safetensors.hpp"
#include "data/torch_file.hpp"

namespace medbench {
namespace {

constexpr std::string_view kSafetensors = ".safetensors";
constexpr std::array<std::string_view, 3> kTorch{".bin", ".pt", ".pth"};

}  // namespace

bool is_weights_file_name(std::string_view name) {
  return name.ends_with(kSafetensors) ||
         std::ranges::any_of(kTorch, [&](std::string_view end) { return name.ends_with(end); });
}

WeightsFile read_weights_file(const std::filesystem::path& path) {
  if (!path.string().ends_with(kSafetensors)) return read_torch_file(path);
  const auto file = std::make_shared<const SafetensorsFile>(path);
  WeightsFile read{std::shared_ptr<const MappedFile>(file, &file->file()), {}};
  for (const auto& [name, view] : file->tensors()) read.tensors.emplace(name, StoredTensor{view});
  return read;
}

}  // namespace medbench
