#include "data/checkpoint.hpp"

#include <algorithm>
#include <array>
#include <set>
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

struct OtherFormat {
  std::string_view file;
  std::string_view conversion;
};
constexpr std::string_view kByTransformers =
    "in Python with transformers 4: AutoModel.from_pretrained(FOLDER, from_tf=True).save_pretrained(NEW), or "
    "from_flax=True";
constexpr std::string_view kByTorch =
    "in Python: import torch, safetensors.torch; safetensors.torch.save_file({k: v.clone().contiguous() for "
    "k, "
    "v in torch.load('pytorch_model.bin', map_location='cpu', weights_only=True).items()}, "
    "'model.safetensors')";
constexpr std::array kOtherFormats{
    OtherFormat{"pytorch_model.bin", kByTorch},
    OtherFormat{"pytorch_model.bin.index.json",
                "in Python: transformers.AutoModel.from_pretrained(FOLDER).save_pretrained(NEW)"},
    OtherFormat{"tf_model.h5", kByTransformers}, OtherFormat{"flax_model.msgpack", kByTransformers},
    OtherFormat{"model.onnx", "take the model that it was exported from"}};

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

bool is_plain_file_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_of(std::string_view("/\\\0", 3)) == std::string_view::npos;
}

// The parts lie one after another along the first dimension; all other dimensions are alike.
bool fits(std::span<const std::int64_t> part, std::span<const std::int64_t> whole) {
  return part.size() == whole.size() && !whole.empty() &&
         std::equal(part.begin() + 1, part.end(), whole.begin() + 1, whole.end());
}

// Some programs save a tensor under each of its names.
bool is_same(const TensorView& a, const TensorView& b) {
  return a.dtype == b.dtype && a.shape == b.shape && std::ranges::equal(a.data, b.data);
}

}  // namespace

std::string why_no_weights(const std::filesystem::path& folder) {
  for (const std::string_view name : {kSingleFile, kIndexFile}) {
    if (const auto link = dangling_link(folder / name)) return *link + "; download the model again";
  }
  if (const std::string name = tensorflow_checkpoint(folder); !name.empty()) {
    return fmt::format(
        "only a TensorFlow checkpoint is there, {}, and medbench reads safetensors; convert it, in Python "
        "with transformers 4 and TensorFlow: from transformers import BertConfig, BertForPreTraining, "
        "load_tf_weights_in_bert; c = BertConfig.from_json_file('bert_config.json'); m = "
        "BertForPreTraining(c); load_tf_weights_in_bert(m, c, '{}'); m.bert.save_pretrained('converted'); "
        "and "
        "copy vocab.txt",
        printable(name), printable(name));
  }
  for (const auto& [name, conversion] : kOtherFormats) {
    if (may_exist(folder / name))
      return fmt::format("only {} is there, and medbench reads safetensors; convert it, {}", name,
                         conversion);
  }
  return fmt::format("no weights there: {} is missing", kSingleFile);
}

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

Checkpoint::Checkpoint(const std::filesystem::path& path, std::span<const Renaming> renamings,
                       std::string_view anchor)
    : path_(path), is_file_(std::filesystem::is_regular_file(path)), renamings_(renamings) {
  if (is_file_) {
    read_file(path);
  } else {
    read_folder();
  }
  if (!anchor.empty()) wrapper_ = find_wrapper(anchor);
  for (const Entry& entry : stored_) add(entry);
}

void Checkpoint::read_folder() {
  if (!has_readable_weights(path_)) throw usage_error("{}: {}", path_.string(), why_no_weights(path_));
  if (may_exist(path_ / kSingleFile)) {
    read_file(path_ / kSingleFile);
  } else {
    read_shards(path_ / kIndexFile);
  }
}

void Checkpoint::read_file(const std::filesystem::path& file) {
  const auto read = std::make_shared<const SafetensorsFile>(file);
  for (const auto& [name, view] : read->tensors()) stored_.push_back({read, name, &view});
}

// Empty where a name needs no more than the renamings, or where there are several models in the file.
std::string Checkpoint::find_wrapper(std::string_view anchor) const {
  std::string found;
  for (const Entry& entry : stored_) {
    std::string_view wrapper = entry.stored_name;
    if (!wrapper.ends_with(anchor)) continue;
    wrapper.remove_suffix(anchor.size());
    for (const auto& [place, stored, canonical] : renamings_) {
      if (place == Renaming::Place::Start && wrapper.ends_with(stored))
        wrapper.remove_suffix(stored.size() - canonical.size());
    }
    const bool is_plain = wrapper.empty();
    if (!is_plain && !wrapper.ends_with('.')) continue;
    if (is_plain || (!found.empty() && found != wrapper)) return {};
    found = wrapper;
  }
  return found;
}

void Checkpoint::read_shards(const std::filesystem::path& index) {
  const std::string origin = index.string();
  const Json json = read_json_file(index, kMaxIndexBytes, JsonDialect::Python);
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
    if (!shard) shard = std::make_shared<const SafetensorsFile>(path_ / file_name);
    const auto found = shard->tensors().find(name);
    if (found == shard->tensors().end()) {
      throw usage_error("{}: tensor '{}' is not in {}; download the checkpoint again", origin,
                        printable(name), printable(file_name));
    }
    stored_.push_back({shard, name, &found->second});
  }
}

void Checkpoint::add(const Entry& entry) {
  std::string_view name = entry.stored_name;
  if (name.starts_with(wrapper_)) name.remove_prefix(wrapper_.size());
  const auto [position, is_new] = entries_.try_emplace(canonical_parameter_name(name, renamings_), entry);
  if (is_new || is_same(*position->second.view, *entry.view)) return;
  throw usage_error("{}: tensors '{}' and '{}' are the same parameter; remove one of them",
                    entry.file->file().path().string(), printable(position->second.stored_name),
                    printable(entry.stored_name));
}

bool Checkpoint::contains(std::string_view name) const {
  return entries_.contains(name);
}

// The first tensor that is none of the graph's; empty: there is none.
std::string Checkpoint::find_unknown(const ir::Graph& graph) const {
  std::set<std::string_view> known;
  for (const ir::ValueId id : graph.parameters()) {
    for (const std::string& part : graph.value(id).parts) known.insert(part);
  }
  for (const auto& [name, entry] : entries_) {
    if (!known.contains(name)) return entry.stored_name;
  }
  return {};
}

// `graph`: whose parameters these should be, for the message.
const Checkpoint::Entry& Checkpoint::entry(std::string_view name, const ir::Graph* graph) const {
  const auto found = entries_.find(name);
  if (found != entries_.end()) return found->second;
  std::string more;
  for (const auto& [place, stored, canonical] : renamings_) {
    if (place == Renaming::Place::Start && canonical.empty())
      more += fmt::format(", with or without the prefix '{}'", stored);
  }
  constexpr std::size_t kShown = 3;
  std::string names;
  for (std::size_t i = 0; i < std::min(kShown, stored_.size()); ++i)
    names += fmt::format("{}'{}'", i == 0 ? "" : ", ", printable(stored_[i].stored_name));
  more += fmt::format("; they have {} tensors, such as {}", stored_.size(), names.empty() ? "none" : names);
  const std::string unknown = graph == nullptr ? "" : find_unknown(*graph);
  if (!unknown.empty()) more += fmt::format("; the first that the model has not is '{}'", printable(unknown));
  throw usage_error("{}: the weights have no tensor '{}'{}", path_.string(), name, more);
}

ir::ParameterData Checkpoint::read(std::string_view name) {
  const Entry& found = entry(name);
  return {*found.view, std::shared_ptr<const void>(found.file, found.view->data.data())};
}

void Checkpoint::check(const ir::Graph& graph) const {
  for (const ir::ValueId id : graph.parameters()) {
    for (const std::string& name : graph.value(id).parts) static_cast<void>(entry(name, &graph));
  }
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
        throw usage_error("{}: tensor '{}' has shape {}, {} makes it {}", file, printable(found.stored_name),
                          printable(shape_to_string(view.shape)), is_file_ ? graph.name : "config.json",
                          shape_to_string(expected));
      }
    }
  }
}

}  // namespace medbench
