#include "data/text_use.hpp"

#include <algorithm>
#include <fmt/core.h>

#include "data/text_file.hpp"
#include "data/text_plan.hpp"
#include "data/tokenizer_files.hpp"

namespace medbench {

TextUse find_text_use(const TextData& text, const std::filesystem::path& model_folder,
                      std::int64_t batch_size) {
  const BertTokenizer tokenizer = load_tokenizer(model_folder);
  const std::vector<std::string> texts = read_texts(text.file, text.column);
  TextUse use{.texts = texts.size(), .lengths = {}, .notes = tokenizer.notes()};
  const std::size_t used = texts_used(text, texts.size(), static_cast<std::size_t>(batch_size));
  for (const std::string& content : std::span(texts).first(used))
    use.lengths.push_back(tokenizer.encode(content).size());
  return use;
}

Axes largest_packed_batch(const TextUse& use, const TextData& text, const Axes& shape) {
  const auto batch_size = static_cast<std::size_t>(shape[Axis::Batch]);
  std::vector<std::size_t> lengths = use.lengths;
  lengths.resize(std::min(lengths.size(), texts_used(text, use.texts, batch_size)));
  for (std::size_t& length : lengths) length = std::min(length, static_cast<std::size_t>(shape[Axis::Seq]));
  const std::vector<std::size_t> rows = plan_rows(text.order, lengths, batch_size);
  std::size_t most = 0;
  for (std::size_t begin = 0; begin < rows.size(); begin += batch_size) {
    std::size_t tokens = 0;
    for (std::size_t row = begin; row < begin + batch_size; ++row) tokens += lengths[rows[row]];
    most = std::max(most, tokens);
  }
  return shape.with(Axis::Tokens, static_cast<std::int64_t>(most));
}

std::string describe_text_use(const TextUse& use, std::span<const std::int64_t> seq_lengths) {
  const std::size_t run = use.lengths.size();
  std::string line = fmt::format("{} text{}", use.texts, use.texts == 1 ? "" : "s");
  if (run < use.texts) line += fmt::format(", the first {} are run", run);
  bool is_first = true;
  for (const std::int64_t most : seq_lengths) {
    const auto cut = std::ranges::count_if(
        use.lengths, [&](std::size_t length) { return length > static_cast<std::size_t>(most); });
    if (cut == 0) continue;
    line += is_first ? fmt::format("; {} of {} text{} cut to {} tokens", cut, run, run == 1 ? "" : "s", most)
                     : fmt::format(", {} of {} to {}", cut, run, most);
    is_first = false;
  }
  return line;
}

}  // namespace medbench
