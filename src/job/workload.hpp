// What is computed, and on what: the only definition of "the same work".
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/axes.hpp"
#include "base/json.hpp"

namespace medbench {

struct ModelRef {
  std::string name;  // as asked for: "biobert", a hub id, a folder
  std::optional<std::string>
      folder;  // with config.json and weights; absent: the built-in architecture of that name
  std::optional<std::string> weights{};   // of a built-in architecture: a file; absent: synthetic weights
  Json config = Json::object();           // what its configuration has otherwise than the table says
  std::optional<std::string> revision{};  // of a model of the hub: what it was asked for by, such as "main"
  std::optional<std::string> commit{};    // what that was

  // Where it lies is no part of what it is, nor is what it was called; the commit is, where it is known.
  bool operator==(const ModelRef& other) const {
    return name == other.name && folder.has_value() == other.folder.has_value() &&
           weights.has_value() == other.weights.has_value() && config == other.config &&
           (!commit || !other.commit || commit == other.commit);
  }
};
// The name without the folders that lead to it: "biobert", "org/name" for a hub id, the last part of a path.
std::string short_name(const ModelRef& model);

// Texts to a length: that of the shape, or that of the longest of their batch. None: one after the other.
enum class Padding { Fixed, Longest, None };
std::string_view to_string(Padding padding);

// In which order texts fill the batches: that of the file, or by their length in tokens.
enum class BatchOrder { Given, Length };
std::string_view to_string(BatchOrder order);

// Of texts: how many batches are run where nothing is said, how many can be, and what stands for all.
inline constexpr std::int64_t kDefaultTextBatches = 32;
inline constexpr std::int64_t kMostTextBatches = 1024;
inline constexpr std::int64_t kAllTextBatches = std::numeric_limits<std::int64_t>::max();

struct RandomData {
  bool operator==(const RandomData&) const = default;
};
struct TextData {
  std::string file;
  std::string column{};  // empty: one text a line
  Padding padding = Padding::Fixed;
  std::string hash{};  // of the file's bytes, see text_file_hash(); empty: not known
  BatchOrder order = BatchOrder::Given;
  std::int64_t batches = kDefaultTextBatches;  // at most, from the file's beginning

  // The content counts and not its name, where it is known.
  bool operator==(const TextData& other) const {
    const bool known = !hash.empty() && !other.hash.empty();
    return column == other.column && padding == other.padding && order == other.order &&
           batches == other.batches && (known ? hash == other.hash : file == other.file);
  }
};
using Data = std::variant<RandomData, TextData>;

struct Workload {
  ModelRef model;
  Axes axes;
  Data data;
  std::uint64_t seed = 42;  // of synthetic weights and random inputs

  bool operator==(const Workload&) const = default;
  // Null where the inputs are no texts.
  [[nodiscard]] const TextData* text() const { return std::get_if<TextData>(&data); }
};

// The same work but for how texts are padded: the same texts in the same batches, so that how long these take
// and what is answered can be compared.
bool same_but_for_padding(const Workload& a, const Workload& b);

// " (padding none)", which tells what else has the same name; empty where the inputs are no texts.
std::string padding_suffix(const Workload& work);

// The first trait in which two differ, as a sentence such as "the batch size differs, 1 and 4"; nothing where
// they are the same work.
std::optional<std::string> find_difference(const Workload& a, const Workload& b);

// Whether the batches may be of different sizes, so that their passes have no median in common.
bool batches_differ(const Workload& work);

Json to_json(const Workload& workload);
// `origin` starts the messages. Throws Usage and names the key.
Workload workload_from_json(const Json& json, std::string_view origin);

}  // namespace medbench
