// Inputs of a model, made for what its specifications say and not for its name: several sets, so that the
// timed loop can rotate among them. Either seeded random values or real text.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/axes.hpp"
#include "base/json.hpp"
#include "base/tensor.hpp"
#include "ir/specs.hpp"
#include "job/job.hpp"

namespace medbench {

struct InputSets {
  std::vector<NamedTensors> sets;  // a tensor for every input
  std::int64_t tokens = 0;         // of one set, padding included (mean over the sets)
  double useful_tokens = 0;        // of one set, without padding (mean over the sets)
  Axes least;                      // of the sets; with Padding::Longest they differ in length
  Axes most;
  std::string source;  // "random" or "text"
  // Of texts: "file", "texts" in it, "texts_used", "padding", "lengths" {min, p50, p90, max, mean} of the
  // used ones in tokens before truncation, "truncated" texts, "padding_ratio" (the share of the tokens that
  // is padding), "lower_case".
  Json details = Json::object();
};

// The input's zeroed tensor. Throws Usage when a dimension is below 1 or the tensor absurdly large.
HostTensor empty_input(const ir::InputSpec& spec, const Axes& axes);

// By role: ids uniform in the domain without the 100 that BERT reserves (with them where there are no more),
// a mask of ones, types all the least, offsets of texts of equal length; all else uniform in the domain. The
// same values for the same seed on every machine.
InputSets random_inputs(std::span<const ir::InputSpec> inputs, const Axes& axes, std::uint64_t seed,
                        std::size_t sets);

// Tokenizes the file's texts with the tokenizer found in `model_folder` and batches them in file order,
// wrapping around where the texts end within a batch; at most `sets` sets, and no more than one round of the
// file fills. Padding::Longest pads each set to the longest text of its own batch, Padding::Fixed to the
// sequence length of `axes`; no text is longer than that. Throws Usage: an input that is not made of text, no
// tokenizer, ids outside the vocabulary, and all that can be wrong with the file.
InputSets text_inputs(const TextData& text, const std::filesystem::path& model_folder,
                      std::span<const ir::InputSpec> inputs, const Axes& axes, std::size_t sets);

}  // namespace medbench
