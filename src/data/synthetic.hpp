// Weights for a graph without a checkpoint. Encoders are as BERT is initialised: LayerNorm weights 1, biases
// 0, all else normal with mean 0 and standard deviation 0.02. Weights of convolutions have the deviation that
// keeps the variance of what they take, 1 over the root of the number of products in an element that they
// give (LeCun et al. 1998), and the statistics of a batch norm are mean 0 and variance 1: activations of deep
// networks neither vanish nor explode. The same bytes for the same seed on every machine, whatever
// the number of threads and the order of reading.
//
// A normal value is p + u, scaled: p the number of set bits of a random 64-bit word less 32 (binomial,
// variance 16), u uniform in [-1/2, 1/2) in steps of 2^-24 (variance 1/12). Its excess kurtosis is -0.031,
// and no value is beyond 8.1 standard deviations. All is done in integers but one conversion to float, which
// IEEE 754 rounds, and one multiplication.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ir/graph.hpp"
#include "ir/parameters.hpp"

namespace medbench {

// Fills `out` with the normal numbers of one stream. `threads` does not change them.
void fill_normal(std::span<float> out, std::uint64_t stream, unsigned threads);

// The stream of a tensor: seeds and names that differ give streams that are independent.
std::uint64_t stream_of(std::uint64_t seed, std::string_view tensor_name);

class SyntheticWeights final : public ir::ParameterSource {
 public:
  // Takes names and shapes from the graph, which may go away afterwards; a parameter that several tensors
  // make up is split evenly among them. Throws Internal when a parameter is not F32.
  SyntheticWeights(const ir::Graph& graph, std::uint64_t seed);

  [[nodiscard]] bool contains(std::string_view name) const override { return tensors_.contains(name); }
  // Generates the tensor anew at every call, into memory of its own.
  [[nodiscard]] ir::ParameterData read(std::string_view name) override;
  [[nodiscard]] std::string_view kind() const override { return "synthetic"; }

 private:
  enum class Content { Normal, Zeros, Ones };
  struct Tensor {
    Content content = Content::Normal;
    std::vector<std::int64_t> shape;
    float scale = 1;  // what normal numbers are multiplied by
  };

  static Content content_of(const ir::Op& op, std::size_t input);

  std::uint64_t seed_;
  std::map<std::string, Tensor, std::less<>> tensors_;
};

}  // namespace medbench
