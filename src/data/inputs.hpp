// Inputs of a text encoder: several sets, so that the timed loop can rotate among them. Either seeded random
// token ids or real text.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/tensor.hpp"
#include "job/job.hpp"
#include "job/metrics.hpp"

namespace medbench {

struct InputSets {
  std::vector<NamedTensors> sets;  // input_ids, attention_mask, token_type_ids: I64 [batch, seq]
  std::int64_t tokens = 0;         // of one set, padding included (mean over the sets)
  double useful_tokens = 0;        // of one set, without padding (mean over the sets)
  std::int64_t seq_length = 0;     // of the longest set; with Padding::Longest the sets differ in length
  std::string source;              // "random" or "text"
  // Of texts: "file", "texts" in it, "texts_used", "padding", "lengths" {min, p50, p90, max, mean} of the
  // used ones in tokens before truncation, "truncated" texts, "padding_ratio" (the share of the tokens that
  // is padding), "lower_case".
  Json details = Json::object();
};

struct EncoderLimits {  // of the model
  std::int64_t vocab_size = 0;
  std::int64_t token_types = 0;
};

// Token ids uniform in [100, vocab_size) ([0, vocab_size) for a vocabulary of at most 100), mask all ones,
// types all zero. The same ids for the same seed on every machine.
InputSets random_inputs(const EncoderLimits& limits, std::int64_t batch, std::int64_t seq, std::uint64_t seed,
                        std::size_t sets);

// Tokenizes the file's texts with the tokenizer found in `model_folder` and batches them in file order,
// wrapping around where the texts end within a batch; at most `sets` sets, and no more than one round of the
// file fills. Padding::Longest pads each set to the longest text of its own batch, Padding::Fixed to `seq`;
// no text is longer than `seq`. Throws Usage: no tokenizer, ids outside the vocabulary, and all that can be
// wrong with the file.
InputSets text_inputs(const TextData& text, const std::filesystem::path& model_folder,
                      const EncoderLimits& limits, std::int64_t batch, std::int64_t seq, std::size_t sets);

}  // namespace medbench
