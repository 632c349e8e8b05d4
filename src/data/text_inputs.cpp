#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "base/error.hpp"
#include "data/inputs.hpp"
#include "data/text_file.hpp"
#include "data/tokenizer_files.hpp"

namespace medbench {

namespace {

using Ids = std::vector<std::int64_t>;

const ir::InputSpec& ids_of(std::span<const ir::InputSpec> inputs) {
  for (const ir::InputSpec& spec : inputs) {
    if (spec.role != ir::Role::Ids && spec.role != ir::Role::Mask && spec.role != ir::Role::Types)
      throw usage_error("the model's input {} cannot be made of text", spec.name);
  }
  const auto ids = std::ranges::find(inputs, ir::Role::Ids, &ir::InputSpec::role);
  if (ids == inputs.end()) throw usage_error("the model takes no token ids and so no text");
  return *ids;
}

// One batch of truncated texts, padded to the length of `axes`. All tokens are of the least type.
NamedTensors padded_set(std::span<const Ids* const> rows, std::span<const ir::InputSpec> inputs,
                        const Axes& axes, std::int64_t padding_id) {
  NamedTensors set;
  const auto seq = static_cast<std::size_t>(axes[Axis::Seq]);
  for (const ir::InputSpec& spec : inputs) {
    HostTensor& tensor = set.emplace(spec.name, empty_input(spec, axes)).first->second;
    const std::span<std::int64_t> values = tensor.i64();
    if (spec.role == ir::Role::Types) std::ranges::fill(values, static_cast<std::int64_t>(spec.domain.least));
    if (spec.role == ir::Role::Ids) std::ranges::fill(values, padding_id);
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const auto text = values.subspan(row * seq, rows[row]->size());
      if (spec.role == ir::Role::Ids) std::ranges::copy(*rows[row], text.begin());
      if (spec.role == ir::Role::Mask) std::ranges::fill(text, 1);
    }
  }
  return set;
}

void check_ids(const BertTokenizer& tokenizer, std::int64_t vocab_size, const std::filesystem::path& folder) {
  if (tokenizer.vocabulary().largest_id() < vocab_size) return;
  throw usage_error(
      "{}: the tokenizer has token ids up to {}, but the model's vocab_size is {}; they do not belong "
      "together",
      folder.string(), tokenizer.vocabulary().largest_id(), vocab_size);
}

// Of the texts that are used, in tokens with the special ones, before truncation. A percentile is the
// smallest length with at least that share of the texts at or below it.
Json length_distribution(std::vector<std::size_t> lengths) {
  std::ranges::sort(lengths);
  const auto count = static_cast<double>(lengths.size());
  const auto percentile = [&](double share) {
    return lengths[static_cast<std::size_t>(std::ceil(share * count)) - 1];
  };
  const std::size_t sum = std::accumulate(lengths.begin(), lengths.end(), std::size_t{0});
  return {{"min", lengths.front()},
          {"p50", percentile(0.5)},
          {"p90", percentile(0.9)},
          {"max", lengths.back()},
          {"mean", static_cast<double>(sum) / count}};
}

// The texts that the sets will hold, tokenized and truncated, with what is said about them.
struct Encoded {
  std::vector<Ids> rows;
  std::int64_t truncated = 0;
  Json lengths;
};

Encoded encode_texts(std::span<const std::string> texts, const BertTokenizer& tokenizer,
                     std::int64_t vocab_size, std::size_t seq) {
  Encoded encoded;
  std::vector<std::size_t> lengths;
  for (const std::string& text : texts) {
    Ids& ids = encoded.rows.emplace_back(tokenizer.encode(text));
    lengths.push_back(ids.size());
    if (ids.size() > seq) ++encoded.truncated;
    truncate(ids, seq);
    // Added tokens may lie beyond the vocabulary.
    if (const std::int64_t largest = std::ranges::max(ids); largest >= vocab_size)
      throw usage_error("token id {} is outside the model's vocabulary of {}", largest, vocab_size);
  }
  encoded.lengths = length_distribution(std::move(lengths));
  return encoded;
}

struct TokenCounts {
  std::int64_t all = 0;  // padding included
  std::int64_t useful = 0;
};

// Appends `count` sets of the batch size of `axes`, in order and starting again where the rows end.
TokenCounts append_sets(InputSets& made, const std::vector<Ids>& rows, std::size_t count,
                        std::span<const ir::InputSpec> inputs, const Axes& axes, Padding padding,
                        std::int64_t padding_id) {
  const auto batch = static_cast<std::size_t>(axes[Axis::Batch]);
  TokenCounts counts;
  std::size_t next = 0;
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<const Ids*> members;
    std::int64_t longest = 0;
    while (members.size() < batch) {
      members.push_back(&rows[next++ % rows.size()]);
      const auto length = static_cast<std::int64_t>(members.back()->size());
      longest = std::max(longest, length);
      counts.useful += length;
    }
    const std::int64_t length = padding == Padding::Fixed ? axes[Axis::Seq] : longest;
    const Axes shape = axes.with(Axis::Seq, length);
    made.sets.push_back(padded_set(members, inputs, shape, padding_id));
    made.least = i == 0 ? shape : std::min(made.least, shape);
    made.most = std::max(made.most, shape);
    counts.all += axes[Axis::Batch] * length;
  }
  return counts;
}

}  // namespace

InputSets text_inputs(const TextData& text, const std::filesystem::path& model_folder,
                      std::span<const ir::InputSpec> inputs, const Axes& axes, std::size_t sets) {
  const ir::InputSpec& ids = ids_of(inputs);
  empty_input(ids, axes);  // of the largest set
  const std::int64_t seq = axes[Axis::Seq];
  if (seq < 2)
    throw usage_error("a text needs a sequence length of at least 2, for [CLS] and [SEP]; found {}", seq);
  const auto vocab_size = static_cast<std::int64_t>(ids.domain.most) + 1;
  const BertTokenizer tokenizer = load_tokenizer(model_folder);
  check_ids(tokenizer, vocab_size, model_folder);
  const std::vector<std::string> texts = read_texts(text.file, text.column);

  const auto rows = static_cast<std::size_t>(axes[Axis::Batch]);
  const std::size_t one_round = (texts.size() + rows - 1) / rows;
  const std::size_t count = std::clamp<std::size_t>(sets, 1, one_round);
  const std::size_t used = std::min(texts.size(), count * rows);
  const Encoded encoded =
      encode_texts(std::span(texts).first(used), tokenizer, vocab_size, static_cast<std::size_t>(seq));

  InputSets made;
  made.source = "text";
  const TokenCounts counts =
      append_sets(made, encoded.rows, count, inputs, axes, text.padding, tokenizer.special().padding);
  made.tokens = std::llround(static_cast<double>(counts.all) / static_cast<double>(count));
  made.useful_tokens = static_cast<double>(counts.useful) / static_cast<double>(count);
  made.details = {
      {"file", text.file},
      {"texts", texts.size()},
      {"texts_used", used},
      {"padding", to_string(text.padding)},
      {"lengths", encoded.lengths},
      {"truncated", encoded.truncated},
      {"padding_ratio", static_cast<double>(counts.all - counts.useful) / static_cast<double>(counts.all)},
      {"lower_case", tokenizer.options().normalization.lowercase}};
  return made;
}

}  // namespace medbench
