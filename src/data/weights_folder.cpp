#include "data/weights_folder.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "data/weights_file.hpp"
#include "hub/weights_files.hpp"

namespace medbench {
namespace {

struct OtherFormat {
  std::string_view file;
  std::string_view conversion;
};
constexpr std::string_view kByTransformers =
    "in Python with transformers 4: AutoModel.from_pretrained(FOLDER, from_tf=True).save_pretrained(NEW), or "
    "from_flax=True";
constexpr std::array kOtherFormats{OtherFormat{"tf_model.h5", kByTransformers},
                                   OtherFormat{"flax_model.msgpack", kByTransformers},
                                   OtherFormat{"model.onnx", "take the model that it was exported from"}};
constexpr std::string_view kReads = "medbench reads safetensors and files of torch.save";

// The name of a checkpoint that TensorFlow wrote, without the endings of its files; empty: there is none.
std::string tensorflow_checkpoint(const std::filesystem::path& folder) {
  constexpr std::string_view kEnd = ".index";
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.ends_with(kEnd) && name.find(".ckpt") != std::string::npos)
      return name.substr(0, name.size() - kEnd.size());
  }
  return {};
}

// Null: there is none.
const WeightsName* find_format(const std::filesystem::path& folder) {
  std::error_code ignored;  // a folder that cannot be looked into holds nothing readable
  const auto* const found = std::ranges::find_if(kWeightsFiles, [&](const WeightsName& format) {
    return std::filesystem::exists(folder / format.name, ignored);
  });
  return found == kWeightsFiles.end() ? nullptr : found;
}

WeightsFile read_shard(const std::filesystem::path& path, std::string_view index) {
  if (may_exist(path)) return read_weights_file(path);
  const auto link = dangling_link(path);
  throw usage_error("{}: {}; download the checkpoint again", index,
                    link ? *link : printable(path.filename().string()) + " is not in that folder");
}

// Large files of weights are several, and an index says which tensor is in which.
std::vector<WeightsFile> read_shards(const std::filesystem::path& folder, std::string_view index_name) {
  const std::string origin = (folder / index_name).string();
  std::map<std::string, WeightsFile> shards;
  std::map<std::string, StoredTensors> used;
  for (const auto& [name, file_name] : read_weights_index(folder / index_name)) {
    if (!shards.contains(file_name)) shards.emplace(file_name, read_shard(folder / file_name, origin));
    StoredTensors& tensors = shards.at(file_name).tensors;
    const auto found = tensors.find(name);
    if (found == tensors.end()) {
      throw usage_error("{}: tensor '{}' is not in {}; download the checkpoint again", origin,
                        printable(name), printable(file_name));
    }
    used[file_name].insert(tensors.extract(found));
  }
  std::vector<WeightsFile> files;
  files.reserve(used.size());
  for (auto& [name, tensors] : used) files.push_back({shards.at(name).file, std::move(tensors)});
  return files;
}

}  // namespace

bool has_readable_weights(const std::filesystem::path& folder) {
  return find_format(folder) != nullptr;
}

std::string why_no_weights(const std::filesystem::path& folder) {
  for (const WeightsName& format : kWeightsFiles) {
    if (const auto link = dangling_link(folder / format.name)) return *link + "; download the model again";
  }
  if (const std::string name = tensorflow_checkpoint(folder); !name.empty()) {
    return fmt::format(
        "only a TensorFlow checkpoint is there, {}, and {}; convert it, in Python "
        "with transformers 4 and TensorFlow: from transformers import BertConfig, BertForPreTraining, "
        "load_tf_weights_in_bert; c = BertConfig.from_json_file('bert_config.json'); m = "
        "BertForPreTraining(c); load_tf_weights_in_bert(m, c, '{}'); m.bert.save_pretrained('converted'); "
        "and "
        "copy vocab.txt",
        printable(name), kReads, printable(name));
  }
  for (const auto& [name, conversion] : kOtherFormats) {
    if (may_exist(folder / name))
      return fmt::format("only {} is there, and {}; convert it, {}", name, kReads, conversion);
  }
  return fmt::format("no weights there: neither {} nor {}", kWeightsFiles[0].name, kWeightsFiles[2].name);
}

std::vector<WeightsFile> read_weights_folder(const std::filesystem::path& folder) {
  const WeightsName* const format = find_format(folder);
  if (format == nullptr) throw usage_error("{}: {}", folder.string(), why_no_weights(folder));
  if (format->is_index) return read_shards(folder, format->name);
  std::vector<WeightsFile> files;
  files.push_back(read_weights_file(folder / format->name));
  return files;
}

}  // namespace medbench
