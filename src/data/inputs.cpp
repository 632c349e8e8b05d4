#include "data/inputs.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <span>

#include "base/error.hpp"
#include "base/random.hpp"
#include "data/text_file.hpp"
#include "data/tokenizer_files.hpp"

namespace medbench {

namespace {

using Ids = std::vector<std::int64_t>;

// 512 MiB a tensor: more is a mistake, not a batch.
constexpr std::int64_t kMaxTokens = std::int64_t{1} << 26;

void check_shape(std::int64_t batch, std::int64_t seq) {
  if (batch < 1 || seq < 1)
    throw usage_error("batch size and sequence length must be at least 1, found {} and {}", batch, seq);
  if (batch > kMaxTokens / seq)
    throw usage_error("batch size {} times sequence length {} is more than {} tokens", batch, seq,
                      kMaxTokens);
}

NamedTensors empty_set(std::int64_t batch, std::int64_t seq) {
  NamedTensors set;
  for (const char* name : {"input_ids", "attention_mask", "token_type_ids"})
    set.emplace(name, HostTensor(DType::I64, {batch, seq}));
  return set;
}

// One batch of truncated texts, padded to `seq`.
NamedTensors padded_set(std::span<const Ids* const> rows, std::int64_t seq, std::int64_t padding_id) {
  NamedTensors set = empty_set(static_cast<std::int64_t>(rows.size()), seq);
  const std::span<std::int64_t> ids = set.at("input_ids").i64();
  const std::span<std::int64_t> mask = set.at("attention_mask").i64();
  std::ranges::fill(ids, padding_id);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const std::size_t start = row * static_cast<std::size_t>(seq);
    std::ranges::copy(*rows[row], ids.subspan(start).begin());
    std::ranges::fill(mask.subspan(start, rows[row]->size()), 1);
  }
  return set;
}

void check_ids(const BertTokenizer& tokenizer, const EncoderLimits& limits,
               const std::filesystem::path& folder) {
  if (tokenizer.vocabulary().largest_id() < limits.vocab_size) return;
  throw usage_error(
      "{}: the tokenizer has token ids up to {}, but the model's vocab_size is {}; they do not belong "
      "together",
      folder.string(), tokenizer.vocabulary().largest_id(), limits.vocab_size);
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
                     const EncoderLimits& limits, std::size_t seq) {
  Encoded encoded;
  std::vector<std::size_t> lengths;
  for (const std::string& text : texts) {
    Ids& ids = encoded.rows.emplace_back(tokenizer.encode(text));
    lengths.push_back(ids.size());
    if (ids.size() > seq) ++encoded.truncated;
    truncate(ids, seq);
    // Added tokens may lie beyond the vocabulary.
    if (const std::int64_t largest = std::ranges::max(ids); largest >= limits.vocab_size)
      throw usage_error("token id {} is outside the model's vocabulary of {}", largest, limits.vocab_size);
  }
  encoded.lengths = length_distribution(std::move(lengths));
  return encoded;
}

struct TokenCounts {
  std::int64_t all = 0;  // padding included
  std::int64_t useful = 0;
};

// Appends `count` sets of `batch` rows each, in order and starting again where the rows end.
TokenCounts append_sets(InputSets& inputs, const std::vector<Ids>& rows, std::size_t count, std::size_t batch,
                        std::optional<std::int64_t> fixed_length, std::int64_t padding_id) {
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
    const std::int64_t length = fixed_length.value_or(longest);
    inputs.sets.push_back(padded_set(members, length, padding_id));
    inputs.seq_length = std::max(inputs.seq_length, length);
    counts.all += static_cast<std::int64_t>(batch) * length;
  }
  return counts;
}

}  // namespace

InputSets random_inputs(const EncoderLimits& limits, std::int64_t batch, std::int64_t seq, std::uint64_t seed,
                        std::size_t sets) {
  check_shape(batch, seq);
  if (limits.vocab_size < 1)
    throw usage_error("a vocabulary of {} tokens has no token ids", limits.vocab_size);
  const std::int64_t lowest = limits.vocab_size > 100 ? 100 : 0;
  const auto choices = static_cast<std::uint64_t>(limits.vocab_size - lowest);
  InputSets inputs;
  inputs.source = "random";
  inputs.seq_length = seq;
  inputs.tokens = batch * seq;
  inputs.useful_tokens = static_cast<double>(inputs.tokens);
  SplitMix64 random(seed);
  for (std::size_t i = 0; i < sets; ++i) {
    NamedTensors& set = inputs.sets.emplace_back(empty_set(batch, seq));
    for (std::int64_t& id : set.at("input_ids").i64())
      id = lowest + static_cast<std::int64_t>(random.uniform_below(choices));
    std::ranges::fill(set.at("attention_mask").i64(), 1);
  }
  return inputs;
}

InputSets text_inputs(const TextData& text, const std::filesystem::path& model_folder,
                      const EncoderLimits& limits, std::int64_t batch, std::int64_t seq, std::size_t sets) {
  check_shape(batch, seq);
  if (seq < 2)
    throw usage_error("a text needs a sequence length of at least 2, for [CLS] and [SEP]; found {}", seq);
  const BertTokenizer tokenizer = load_tokenizer(model_folder);
  check_ids(tokenizer, limits, model_folder);
  const std::vector<std::string> texts = read_texts(text.file, text.column);

  const auto rows = static_cast<std::size_t>(batch);
  const std::size_t one_round = (texts.size() + rows - 1) / rows;
  const std::size_t count = std::clamp<std::size_t>(sets, 1, one_round);
  const std::size_t used = std::min(texts.size(), count * rows);
  const Encoded encoded =
      encode_texts(std::span(texts).first(used), tokenizer, limits, static_cast<std::size_t>(seq));

  InputSets inputs;
  inputs.source = "text";
  const auto fixed_length = text.padding == Padding::Fixed ? std::optional(seq) : std::nullopt;
  const TokenCounts counts =
      append_sets(inputs, encoded.rows, count, rows, fixed_length, tokenizer.special().padding);
  inputs.tokens = std::llround(static_cast<double>(counts.all) / static_cast<double>(count));
  inputs.useful_tokens = static_cast<double>(counts.useful) / static_cast<double>(count);
  inputs.details = {
      {"file", text.file},
      {"texts", texts.size()},
      {"texts_used", used},
      {"padding", to_string(text.padding)},
      {"lengths", encoded.lengths},
      {"truncated", encoded.truncated},
      {"padding_ratio", static_cast<double>(counts.all - counts.useful) / static_cast<double>(counts.all)},
      {"lower_case", tokenizer.options().normalization.lowercase}};
  return inputs;
}

}  // namespace medbench
