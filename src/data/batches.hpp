// Batches of inputs for a model, made for what its specifications say and not for its name: seeded random
// values or real text. Timing rotates among a few, calibration takes some more, and an evaluation all.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/axes.hpp"
#include "base/json.hpp"
#include "base/tensor.hpp"
#include "ir/specs.hpp"
#include "job/workload.hpp"

namespace medbench {

// What one forward pass works on.
struct Work {
  double sequences = 0;
  double texts = 0;          // sequences that are texts
  double tokens = 0;         // padding included
  double useful_tokens = 0;  // without padding
  double images = 0;         // or volumes
  double operations = 0;     // floating-point; 0: not known
  double moved_bytes = 0;    // see ir::moved_elements; 0: not known
};

// Metrics that are an amount of work over the time that it took.
struct WorkUnit {
  double Work::*amount;
  std::string_view rate;  // key of the metric
};
inline constexpr std::array kWorkUnits{
    WorkUnit{&Work::texts, "texts_per_second"},
    WorkUnit{&Work::tokens, "tokens_per_second"},
    WorkUnit{&Work::useful_tokens, "useful_tokens_per_second"},
    WorkUnit{&Work::sequences, "sequences_per_second"},
    WorkUnit{&Work::images, "imgs_per_sec"},
};

struct Batch {
  NamedTensors tensors;  // one for every input
  Axes axes;
  Work work;
};

// What a tensor of the batch of that number is called in a file that holds several batches: in the first by
// its own name, and with the number behind it, as "input_ids.1", in the others.
std::string name_in_batch(const std::string& tensor, std::size_t batch);

class BatchSource {
 public:
  BatchSource() = default;
  virtual ~BatchSource() = default;
  BatchSource(const BatchSource&) = delete;
  BatchSource& operator=(const BatchSource&) = delete;

  // Nothing once all data have come. Throws Usage for data that do not fit the model.
  virtual std::optional<Batch> next() = 0;
  [[nodiscard]] virtual std::string_view kind() const = 0;  // "random" or "text"
  // Of texts: "file", "texts" in it, "texts_used", "padding", "batch_order", "lengths" {min, p50, p90, max,
  // mean} of the used ones in tokens before truncation, "truncated" texts, "padding_ratio" (the share of the
  // tokens of the batches so far that is padding), "lower_case".
  [[nodiscard]] virtual Json details() const { return Json::object(); }
};

// Endless. By role: ids uniform in the domain without the 100 that BERT reserves (with them where there are
// no more), a mask of ones, types all the least, offsets of texts of equal length; all else uniform in the
// domain. The same values for the same seed on every machine.
std::unique_ptr<BatchSource> random_batches(std::vector<ir::InputSpec> inputs, const Axes& axes,
                                            std::uint64_t seed);

// The file's texts, as many as `text.batches` hold and in the batches of plan_rows(), tokenized with the
// tokenizer found in `model_folder`. Padding::Longest pads each batch to the longest text of its own,
// Padding::Fixed to the sequence length of `axes`; no text is longer than that. Padding::None packs them for
// inputs as passes::pack_tokens() makes them. Throws Usage: an input that is not made of text, no tokenizer,
// ids outside the vocabulary, more batches than are possible, and all that can be wrong with the file.
std::unique_ptr<BatchSource> text_batches(const TextData& text, const std::filesystem::path& model_folder,
                                          std::vector<ir::InputSpec> inputs, const Axes& axes);

// How many random batches a row is timed on.
inline constexpr std::size_t kTimedBatches = 4;

// At most `count`.
std::vector<Batch> take(BatchSource& source, std::size_t count);

// Throws Usage where the input's tensor would have a dimension below 1 or be absurdly large.
void check_input(const ir::InputSpec& spec, const Axes& axes);
// The input's zeroed tensor. Throws what check_input() throws.
HostTensor empty_input(const ir::InputSpec& spec, const Axes& axes);

}  // namespace medbench
