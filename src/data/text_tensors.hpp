// From token ids to the tensors that a text encoder takes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <vector>

#include "base/axes.hpp"
#include "base/tensor.hpp"
#include "data/tokenizer.hpp"
#include "ir/specs.hpp"

namespace medbench {

struct EncodedText {
  std::vector<std::int64_t> ids;  // with the special ones
  // Of a pair of texts: from here on tokens are of the second type.
  std::size_t second_begins = std::numeric_limits<std::size_t>::max();
};

// The number of token ids that the model takes. Throws Usage: an input that is not made of text, no input of
// ids, sizes that are no batch of texts.
std::int64_t check_text_inputs(std::span<const ir::InputSpec> inputs, const Axes& axes);

// Throws Usage where the folder has no tokenizer, or one with more ids than that.
BertTokenizer load_tokenizer_of(std::int64_t vocab_size, const std::filesystem::path& model_folder);

// Added tokens may lie beyond the vocabulary: throws Usage.
void check_ids(std::span<const std::int64_t> ids, std::int64_t vocab_size);

// One row a text, none longer than the sequence length of `axes`, which the others are padded to. All tokens
// but those of a second text are of the least type.
NamedTensors text_tensors(std::span<const EncodedText> rows, std::span<const ir::InputSpec> inputs,
                          const Axes& axes, std::int64_t padding_id);

}  // namespace medbench
