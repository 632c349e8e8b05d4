#include "data/checkpoint.hpp"

#include <algorithm>
#include <set>
#include <span>
#include <utility>

#include "base/error.hpp"
#include "data/weights_file.hpp"
#include "data/weights_folder.hpp"

namespace medbench {
namespace {

// The parts lie one after another along the first dimension; all other dimensions are alike.
bool fits(std::span<const std::int64_t> part, std::span<const std::int64_t> whole) {
  return part.size() == whole.size() && !whole.empty() &&
         std::equal(part.begin() + 1, part.end(), whole.begin() + 1, whole.end());
}

}  // namespace

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
    files_.push_back(read_weights_file(path));
  } else {
    files_ = read_weights_folder(path);
  }
  for (const WeightsFile& file : files_) {
    for (const auto& [name, tensor] : file.tensors) stored_.push_back({&file, name, &tensor});
  }
  if (!anchor.empty()) wrapper_ = find_wrapper(anchor);
  for (const Entry& entry : stored_) add(entry);
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

void Checkpoint::add(const Entry& entry) {
  std::string_view name = entry.stored_name;
  if (name.starts_with(wrapper_)) name.remove_prefix(wrapper_.size());
  const auto [position, is_new] = entries_.try_emplace(canonical_parameter_name(name, renamings_), entry);
  // Some programs save a tensor under each of its names.
  if (is_new || is_same(*position->second.tensor, *entry.tensor)) return;
  throw usage_error("{}: tensors '{}' and '{}' are the same parameter; remove one of them",
                    entry.file->file->path().string(), printable(position->second.stored_name),
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
  return read_stored(*found.tensor, found.file->file);
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
      const TensorView& view = found.tensor->view;
      const std::string file = found.file->file->path().string();
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
