// The interpreter's operations on images. Arguments have been verified; `shape` is that of the result, which
// is rounded to the type of the operands.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ir/graph.hpp"
#include "ir/oracle_tensor.hpp"

namespace medbench::ir {

using OracleShape = std::vector<std::int64_t>;

// Calls with every index below these sizes, the last running fastest; once, with nothing, for none.
template <class Function>
void for_each_index(std::span<const std::int64_t> sizes, Function function) {
  std::vector<std::int64_t> index(sizes.size(), 0);
  while (true) {
    function(index);
    std::size_t axis = sizes.size();
    while (axis > 0 && ++index[axis - 1] == sizes[axis - 1]) index[--axis] = 0;
    if (axis == 0) return;
  }
}

// Row-major.
std::size_t offset_of(std::span<const std::int64_t> index, std::span<const std::int64_t> sizes);
// Of the dimensions behind batch and channels.
std::span<const std::int64_t> spatial_sizes(std::span<const std::int64_t> shape);
// How many elements a channel of an image has.
std::size_t elements_of_channel(const OracleTensor& x);

OracleTensor convolution(const OracleTensor& x, const OracleTensor& weight, const OracleTensor* bias,
                         OracleShape shape, const Convolution& op);
OracleTensor transposed_convolution(const OracleTensor& x, const OracleTensor& weight,
                                    const OracleTensor* bias, OracleShape shape,
                                    const TransposedConvolution& op);
// A maximum over elements of which one is NaN is NaN.
OracleTensor pool(const OracleTensor& x, OracleShape shape, const Pool& op);
OracleTensor adaptive_average_pool(const OracleTensor& x, OracleShape shape);
OracleTensor upsample(const OracleTensor& x, OracleShape shape, const Upsample& op);
// Source: Ioffe, Szegedy, "Batch normalization", 2015.
OracleTensor batch_norm(const OracleTensor& x, const OracleTensor& scale, const OracleTensor& shift,
                        const OracleTensor& mean, const OracleTensor& variance, double epsilon);
// Source: Ulyanov, Vedaldi, Lempitsky, "Instance normalization", 2016.
OracleTensor instance_norm(const OracleTensor& x, const OracleTensor* scale, const OracleTensor* shift,
                           double epsilon);
OracleTensor concatenate(std::span<const OracleTensor* const> inputs, OracleShape shape, int axis);
OracleTensor pad(const OracleTensor& x, OracleShape shape, const Pad& op);

}  // namespace medbench::ir
