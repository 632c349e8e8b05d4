#include "data/checkpoint.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/json.hpp"

namespace medbench {
namespace {

constexpr std::string_view kSingleFile = "model.safetensors";
constexpr std::string_view kIndexFile = "model.safetensors.index.json";
// Tens of thousands of tensors. Looking keys up in a Json object takes time linear in their number.
constexpr std::size_t kMaxIndexBytes = std::size_t{4} << 20U;

constexpr std::array<std::string_view, 5> kOtherFormats{"pytorch_model.bin", "pytorch_model.bin.index.json",
                                                        "tf_model.h5", "flax_model.msgpack", "model.onnx"};

Error no_weights(const std::filesystem::path& folder) {
  const auto other = std::find_if(kOtherFormats.begin(), kOtherFormats.end(),
                                  [&](std::string_view name) { return may_exist(folder / name); });
  if (other == kOtherFormats.end()) {
    return usage_error("{}: no weights there: {} is missing", folder.string(), kSingleFile);
  }
  return usage_error(
      "{}: only {} is there, and medbench reads safetensors; convert it, for pytorch_model.bin in Python: "
      "import torch, "
      "safetensors.torch; safetensors.torch.save_file({{k: v.clone().contiguous() for k, v in "
      "torch.load('pytorch_model.bin', map_location='cpu', weights_only=True).items()}}, "
      "'model.safetensors')",
      folder.string(), *other);
}

bool is_plain_file_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_of(std::string_view("/\\\0", 3)) == std::string_view::npos;
}

// The parts lie one after another along the first dimension; all other dimensions are alike.
bool fits(std::span<const std::int64_t> part, std::span<const std::int64_t> whole) {
  return part.size() == whole.size() && !whole.empty() &&
         std::equal(part.begin() + 1, part.end(), whole.begin() + 1, whole.end());
}

}  // namespace

bool has_readable_weights(const std::filesystem::path& folder) {
  std::error_code ignored;  // a folder that cannot be looked into holds nothing readable
  return std::filesystem::exists(folder / kSingleFile, ignored) ||
         std::filesystem::exists(folder / kIndexFile, ignored);
}

std::string canonical_parameter_name(std::string_view name, std::span<const Renaming> renamings) {
  std::string result(name);
  for (const auto& [place, stored, canonical] : renamings) {
    if (place == Renaming::Place::Start && result.starts_with(stored))
      result.replace(0, stored.size(), canonical);
    if (place == Renaming::Place::End && result.ends_with(stored))
      result.replace(result.size() - stored.size(), stored.size(), canonical);
  }
  return result;
}

Checkpoint::Checkpoint(const std::filesystem::path& folder, std::span<const Renaming> renamings)
    : folder_(folder), renamings_(renamings) {
  if (!has_readable_weights(folder)) throw no_weights(folder);
  if (!may_exist(folder / kSingleFile)) {
    add_shards(folder / kIndexFile);
    return;
  }
  const auto file = std::make_shared<const SafetensorsFile>(folder / kSingleFile);
  for (const auto& [name, view] : file->tensors()) add(file, name, view);
}

void Checkpoint::add_shards(const std::filesystem::path& index) {
  const std::string origin = index.string();
  const Json json = read_json_file(index, kMaxIndexBytes);
  if (!json.is_object() || !json.contains("weight_map") || !json["weight_map"].is_object()) {
    throw usage_error("{}: \"weight_map\" must be an object of tensor and file names", origin);
  }
  std::map<std::string, std::shared_ptr<const SafetensorsFile>> shards;
  for (const auto& [name, value] : json["weight_map"].items()) {
    if (!value.is_string() || !is_plain_file_name(value.get_ref<const std::string&>())) {
      throw usage_error("{}: tensor '{}': {} is no name of a file in that folder", origin, printable(name),
                        printable(dump_line(value)));
    }
    const auto& file_name = value.get_ref<const std::string&>();
    auto& shard = shards[file_name];
    if (!shard) shard = std::make_shared<const SafetensorsFile>(folder_ / file_name);
    const auto found = shard->tensors().find(name);
    if (found == shard->tensors().end()) {
      throw usage_error("{}: tensor '{}' is not in {}; download the checkpoint again", origin,
                        printable(name), printable(file_name));
    }
    add(shard, name, found->second);
  }
}

void Checkpoint::add(const std::shared_ptr<const SafetensorsFile>& file, const std::string& name,
                     const TensorView& view) {
  const auto [position, is_new] =
      entries_.try_emplace(canonical_parameter_name(name, renamings_), Entry{file, name, &view});
  if (is_new) return;
  throw usage_error("{}: tensors '{}' and '{}' are the same parameter; remove one of them",
                    file->file().path().string(), printable(position->second.stored_name), printable(name));
}

bool Checkpoint::contains(std::string_view name) const {
  return entries_.contains(name);
}

const Checkpoint::Entry& Checkpoint::entry(std::string_view name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) {
    std::string prefixes;
    for (const auto& [place, stored, canonical] : renamings_) {
      if (place == Renaming::Place::Start)
        prefixes += fmt::format(", with or without the prefix '{}'", stored);
    }
    throw usage_error("{}: the weights have no tensor '{}'{}", folder_.string(), name, prefixes);
  }
  return found->second;
}

ir::ParameterData Checkpoint::read(std::string_view name) {
  const Entry& found = entry(name);
  return {*found.view, std::shared_ptr<const void>(found.file, found.view->data.data())};
}

void Checkpoint::check(const ir::Graph& graph) const {
  for (const ir::ValueId id : graph.parameters()) {
    const ir::Value& parameter = graph.value(id);
    const std::vector<std::int64_t> expected = ir::bind(parameter.shape, {});
    std::int64_t rows = 0;
    for (const std::string& name : parameter.parts) {
      const Entry& found = entry(name);
      const TensorView& view = *found.view;
      const std::string file = found.file->file().path().string();
      if (view.dtype != DType::F32 && view.dtype != DType::F16 && view.dtype != DType::BF16) {
        throw usage_error("{}: tensor '{}' is {}; weights must be F32, F16 or BF16", file,
                          printable(found.stored_name), to_string(view.dtype));
      }
      // All but the last part may have fewer rows than the whole.
      if (fits(view.shape, expected)) rows += view.shape.front();
      const bool is_last = &name == &parameter.parts.back();
      if (!fits(view.shape, expected) || (is_last ? rows != expected.front() : rows > expected.front())) {
        throw usage_error("{}: tensor '{}' has shape {}, config.json makes it {}", file,
                          printable(found.stored_name), printable(shape_to_string(view.shape)),
                          shape_to_string(expected));
      }
    }
  }
}

}  // namespace medbench
