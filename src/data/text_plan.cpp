#include "data/text_plan.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace medbench {

namespace {

std::size_t batches_of(std::size_t texts, std::size_t batch_size) {
  return texts / batch_size + (texts % batch_size == 0 ? 0 : 1);
}

}  // namespace

std::size_t texts_used(const TextData& text, std::size_t texts, std::size_t batch_size) {
  const std::size_t whole = batches_of(texts, batch_size);
  if (text.batches != kAllTextBatches) {
    const auto most = static_cast<std::size_t>(text.batches);
    return whole <= most ? texts : most * batch_size;
  }
  if (whole > static_cast<std::size_t>(kMostTextBatches)) {
    throw usage_error(
        "{}: its {} texts are {} batches of {}, and at most {} can be run; give --text-batches N", text.file,
        texts, whole, batch_size, kMostTextBatches);
  }
  return texts;
}

std::vector<std::size_t> plan_rows(BatchOrder order, std::span<const std::size_t> lengths,
                                   std::size_t batch_size) {
  std::vector<std::size_t> rows(batches_of(lengths.size(), batch_size) * batch_size);
  for (std::size_t row = 0; row < rows.size(); ++row) rows[row] = row % lengths.size();
  if (order == BatchOrder::Length)
    std::ranges::stable_sort(rows, {}, [&](std::size_t text) { return lengths[text]; });
  return rows;
}

}  // namespace medbench
