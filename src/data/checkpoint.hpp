// A model's weights: one file, or those of a folder, by the names that the graph has for them.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/stored_tensor.hpp"
#include "ir/graph.hpp"
#include "ir/parameters.hpp"

namespace medbench {

// How a tensor's name begins or ends in the file, and in the graph.
struct Renaming {
  enum class Place { Start, End };
  Place place;
  std::string_view stored;
  std::string_view canonical;
};

// Each renaming in its turn where it fits, once: with {Start, "bert.", ""} and {End, "LayerNorm.gamma",
// "LayerNorm.weight"} "bert.layer.0.LayerNorm.gamma" -> "layer.0.LayerNorm.weight".
std::string canonical_parameter_name(std::string_view name, std::span<const Renaming> renamings);

class Checkpoint final : public ir::ParameterSource {
 public:
  // Keeps the span of the renamings. Maps the files and checks their headers. `anchor` is a parameter that
  // every such model has: what stands before it, as in weights that were saved from a model within another
  // one ("module.", "0.auto_model."), is taken off all names that begin so. Throws Usage: no weights, or only
  // in a format that is not read here, a broken file or index, two tensors that differ for one parameter.
  explicit Checkpoint(const std::filesystem::path& path, std::span<const Renaming> renamings = {},
                      std::string_view anchor = {});

  // Every parameter of the graph is there, in a floating-point type, with its shape. Tensors that the graph
  // does not use (other heads, position ids) are ignored, unless one is missing: then the first of either is
  // named. Throws Usage and names tensor, expected and found shape, and file.
  void check(const ir::Graph& graph) const;

  // What was taken off; empty: nothing.
  [[nodiscard]] const std::string& wrapper() const { return wrapper_; }
  [[nodiscard]] bool contains(std::string_view name) const override;
  // A view into the mapped file, whose pages belong to the page cache, which the kernel takes back by itself;
  // a copy where the file has the tensor turned or not aligned. Aligned to its type.
  [[nodiscard]] ir::ParameterData read(std::string_view name) override;
  [[nodiscard]] std::string_view kind() const override { return "checkpoint"; }

 private:
  struct Entry {
    const WeightsFile* file = nullptr;
    std::string stored_name;
    const StoredTensor* tensor = nullptr;  // owned by the file
  };

  [[nodiscard]] std::string find_wrapper(std::string_view anchor) const;
  void add(const Entry& entry);
  [[nodiscard]] const Entry& entry(std::string_view name, const ir::Graph* graph = nullptr) const;
  [[nodiscard]] std::string find_unknown(const ir::Graph& graph) const;

  std::filesystem::path path_;
  bool is_file_;
  std::span<const Renaming> renamings_;
  std::vector<WeightsFile> files_;
  std::vector<Entry> stored_;  // in the order of the files
  std::string wrapper_;
  std::map<std::string, Entry, std::less<>> entries_;  // by canonical name
};

}  // namespace medbench
