#include "data/text_tensors.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "data/batches.hpp"
#include "data/tokenizer_files.hpp"

namespace medbench {

std::int64_t check_text_inputs(std::span<const ir::InputSpec> inputs, const Axes& axes) {
  for (const ir::InputSpec& spec : inputs) {
    if (spec.role == ir::Role::Pixels || spec.role == ir::Role::Any)
      throw usage_error("the model's input {} cannot be made of text", spec.name);
  }
  const auto ids = std::ranges::find(inputs, ir::Role::Ids, &ir::InputSpec::role);
  if (ids == inputs.end()) throw usage_error("the model takes no token ids and so no text");
  check_input(*ids, axes.with(Axis::Tokens, axes[Axis::Batch]));  // there may be more, which shows later
  if (axes[Axis::Seq] < 2) {
    throw usage_error("a text needs a sequence length of at least 2, for [CLS] and [SEP]; found {}",
                      axes[Axis::Seq]);
  }
  return static_cast<std::int64_t>(ids->domain.most) + 1;
}

BertTokenizer load_tokenizer_of(std::int64_t vocab_size, const std::filesystem::path& model_folder) {
  BertTokenizer tokenizer = load_tokenizer(model_folder);
  if (tokenizer.vocabulary().largest_id() < vocab_size) return tokenizer;
  throw usage_error(
      "{}: the tokenizer has token ids up to {}, but the model's vocab_size is {}; they do not belong "
      "together",
      model_folder.string(), tokenizer.vocabulary().largest_id(), vocab_size);
}

void check_ids(std::span<const std::int64_t> ids, std::int64_t vocab_size) {
  if (const std::int64_t largest = std::ranges::max(ids); largest >= vocab_size)
    throw usage_error("token id {} is outside the model's vocabulary of {}", largest, vocab_size);
}

NamedTensors text_tensors(std::span<const EncodedText> rows, std::span<const ir::InputSpec> inputs,
                          const Axes& axes, std::int64_t padding_id) {
  NamedTensors tensors;
  const auto seq = static_cast<std::size_t>(axes[Axis::Seq]);
  for (const ir::InputSpec& spec : inputs) {
    HostTensor& tensor = tensors.emplace(spec.name, empty_input(spec, axes)).first->second;
    const std::span<std::int64_t> values = tensor.i64();
    const auto least = static_cast<std::int64_t>(spec.domain.least);
    if (spec.role == ir::Role::Types) std::ranges::fill(values, least);
    if (spec.role == ir::Role::Ids) std::ranges::fill(values, padding_id);
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const auto& [ids, second_begins] = rows[row];
      const auto text = values.subspan(row * seq, ids.size());
      if (spec.role == ir::Role::Ids) std::ranges::copy(ids, text.begin());
      if (spec.role == ir::Role::Mask) std::ranges::fill(text, 1);
      if (spec.role != ir::Role::Types || second_begins >= ids.size()) continue;
      std::ranges::fill(text.subspan(second_begins),
                        std::min(least + 1, static_cast<std::int64_t>(spec.domain.most)));
    }
  }
  return tensors;
}

}  // namespace medbench
