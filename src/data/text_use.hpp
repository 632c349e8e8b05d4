// What becomes of a file of texts in a run, told before it begins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/axes.hpp"
#include "job/workload.hpp"

namespace medbench {

struct TextUse {
  std::size_t texts = 0;  // in the file
  std::vector<std::size_t>
      lengths;  // of those that are run, in tokens with the special ones, before truncation
  std::vector<std::string> notes;  // of the tokenizer
};

// Of the first texts, those that so many batches of this size hold, with the tokenizer in `model_folder`.
// Throws as text_batches() does.
TextUse find_text_use(const TextData& text, const std::filesystem::path& model_folder,
                      std::int64_t batch_size);

// Of the batch with the most tokens among those of this shape, without padding.
Axes largest_packed_batch(const TextUse& use, const TextData& text, const Axes& shape);

// "220 texts, the first 16 are run; 1 of 16 texts cut to 512 tokens, 3 of 16 to 128": what does not
// apply is left out.
std::string describe_text_use(const TextUse& use, std::span<const std::int64_t> seq_lengths);

}  // namespace medbench
