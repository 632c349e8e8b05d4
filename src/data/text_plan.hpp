// Which texts of a file are run, and which of them share a batch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "job/workload.hpp"

namespace medbench {

// How many of a file's texts are run, its first ones: those that `text.batches` hold. Throws Usage where all
// are wanted and would be more than kMostTextBatches.
std::size_t texts_used(const TextData& text, std::size_t texts, std::size_t batch_size);

// The number of the text in each row of each batch, batch after batch. `lengths` are those of the used texts
// in tokens after truncation, at least one. The texts start again where they end within a batch, so that
// every order has the same rows. By length: the shortest first; of equal length in the order of the file.
std::vector<std::size_t> plan_rows(BatchOrder order, std::span<const std::size_t> lengths,
                                   std::size_t batch_size);

}  // namespace medbench
