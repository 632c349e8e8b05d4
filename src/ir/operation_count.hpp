// How much arithmetic a graph asks for and how much it moves: the numerators of gflops, mfu and mbu.
#pragma once

#include <cstdint>
#include <span>

#include "ir/graph.hpp"

namespace medbench::ir {

// Floating-point operations of one forward pass, exactly: those of the matrix products, a multiplication and
// an addition each, so 2*m*n*k for a product of [m, k] and [k, n]. A Linear, quantized or not, is one
// product; an Attention is two for every head (queries by keys, weights by values) over all keys, masked ones
// included, since runtimes compute them; a PackedAttention over the keys of the query's own text, whose
// `lengths` it takes, and throws Internal without them. Not counted, as is usual for these metrics: biases,
// activations, normalisation, softmax, residuals and data movement, which are bound by memory. Throws Usage
// when the count does not fit into 63 bits.
std::int64_t operation_count(const Graph& graph, const Axes& axes,
                             std::span<const std::int64_t> lengths = {});

// Elements that those products and convolutions read and write, each operand and each result once: what a
// pass moves through memory at least when everything else is part of them. Throws as operation_count.
std::int64_t moved_elements(const Graph& graph, const Axes& axes, std::span<const std::int64_t> lengths = {});

}  // namespace medbench::ir
