#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <utility>

#include "base/error.hpp"
#include "data/batches.hpp"
#include "data/packed_tensors.hpp"
#include "data/text_file.hpp"
#include "data/text_plan.hpp"
#include "data/text_tensors.hpp"

namespace medbench {

namespace {

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

class TextBatches final : public BatchSource {
 public:
  TextBatches(const TextData& text, const std::filesystem::path& model_folder,
              std::vector<ir::InputSpec> inputs, const Axes& axes)
      : text_(text), inputs_(std::move(inputs)), axes_(axes) {
    vocab_size_ = check_text_inputs(inputs_, axes);
    tokenizer_.emplace(load_tokenizer_of(vocab_size_, model_folder));
    const std::vector<std::string> texts = read_texts(text.file, text.column);
    if (!text.hash.empty() && text_file_hash(text.file) != text.hash)
      throw usage_error("{}: it is not the file that this run began with; begin another one", text.file);
    texts_ = texts.size();
    plan(texts);
  }

  std::optional<Batch> next() override {
    if (next_ >= rows_.size()) return std::nullopt;
    std::vector<EncodedText> rows;
    std::size_t longest = 0;
    std::size_t useful = 0;
    for (std::int64_t row = 0; row < axes_[Axis::Batch]; ++row) {
      rows.push_back({.ids = ids_[rows_[next_++]]});
      longest = std::max(longest, rows.back().ids.size());
      useful += rows.back().ids.size();
    }
    Batch batch;
    if (text_.padding == Padding::None) {
      batch.axes = packed_axes(rows);
      batch.tensors = packed_tensors(rows, inputs_);
      batch.work.tokens = static_cast<double>(useful);
    } else {
      batch.axes =
          text_.padding == Padding::Fixed ? axes_ : axes_.with(Axis::Seq, static_cast<std::int64_t>(longest));
      batch.tensors = text_tensors(rows, inputs_, batch.axes, tokenizer_->special().padding);
      batch.work.tokens = static_cast<double>(batch.axes[Axis::Batch] * batch.axes[Axis::Seq]);
    }
    batch.work.sequences = static_cast<double>(rows.size());
    batch.work.texts = batch.work.sequences;
    batch.work.useful_tokens = static_cast<double>(useful);
    tokens_ += batch.work.tokens;
    useful_tokens_ += batch.work.useful_tokens;
    return batch;
  }

  [[nodiscard]] std::string_view kind() const override { return "text"; }

  [[nodiscard]] Json details() const override {
    return {{"file", text_.file},
            {"texts", texts_},
            {"texts_used", lengths_.size()},
            {"padding", to_string(text_.padding)},
            {"batch_order", to_string(text_.order)},
            {"lengths", length_distribution(lengths_)},
            {"truncated", truncated_},
            {"padding_ratio", (tokens_ - useful_tokens_) / tokens_},
            {"lower_case", tokenizer_->options().normalization.lowercase}};
  }

 private:
  void plan(std::span<const std::string> texts) {
    const auto batch_size = static_cast<std::size_t>(axes_[Axis::Batch]);
    const auto most = static_cast<std::size_t>(axes_[Axis::Seq]);
    std::vector<std::size_t> cut_lengths;
    for (const std::string& content : texts.first(texts_used(text_, texts.size(), batch_size))) {
      std::vector<std::int64_t>& ids = ids_.emplace_back(tokenizer_->encode(content));
      lengths_.push_back(ids.size());
      if (ids.size() > most) ++truncated_;
      truncate(ids, most);
      check_ids(ids, vocab_size_);
      cut_lengths.push_back(ids.size());
    }
    rows_ = plan_rows(text_.order, cut_lengths, batch_size);
  }

  TextData text_;
  std::vector<ir::InputSpec> inputs_;
  Axes axes_;
  std::int64_t vocab_size_ = 0;
  std::optional<BertTokenizer> tokenizer_;
  std::size_t texts_ = 0;                       // in the file
  std::vector<std::vector<std::int64_t>> ids_;  // of the texts that are used, truncated
  std::vector<std::size_t> lengths_;            // of them, before
  std::int64_t truncated_ = 0;                  // of them
  std::vector<std::size_t> rows_;               // see plan_rows()
  std::size_t next_ = 0;                        // of them
  double tokens_ = 0;
  double useful_tokens_ = 0;
};

}  // namespace

std::unique_ptr<BatchSource> text_batches(const TextData& text, const std::filesystem::path& model_folder,
                                          std::vector<ir::InputSpec> inputs, const Axes& axes) {
  return std::make_unique<TextBatches>(text, model_folder, std::move(inputs), axes);
}

}  // namespace medbench
