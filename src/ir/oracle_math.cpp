// The operations that compute.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>
#include <vector>

#include "base/error.hpp"
#include "ir/oracle_ops.hpp"

namespace medbench::ir {
namespace {

std::size_t last_dim(const OracleTensor& x) {
  return static_cast<std::size_t>(x.shape.back());
}

template <class Function>
OracleTensor map_elements(const OracleTensor& x, Function function) {
  OracleTensor result = x;
  for (float& element : result.floats) element = round_to(x.dtype, function(double{element}));
  return result;
}

// Turns scores into weights that sum to 1; -inf scores get weight 0.
void normalise_exponentials(std::span<double> scores) {
  const double largest = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (double& score : scores) {
    score = std::exp(score - largest);
    sum += score;
  }
  for (double& score : scores) score /= sum;
}

// One head of one query.
struct Query {
  std::size_t row = 0;      // offset of its position in q
  std::size_t feature = 0;  // the head's first feature
  std::size_t depth = 0;    // the head's number of features
};

// `keys`: offsets of the positions to attend to, at least one.
void attend(const OracleTensor& q, const OracleTensor& k, const OracleTensor& v, const Query& query,
            std::span<const std::size_t> keys, OracleTensor& result) {
  const std::size_t first = query.row + query.feature;
  std::vector<double> weights;
  for (const std::size_t key : keys) {
    double score = 0;
    for (std::size_t d = 0; d < query.depth; ++d) {
      score += double{q.floats[first + d]} * double{k.floats[key + query.feature + d]};
    }
    weights.push_back(score / std::sqrt(static_cast<double>(query.depth)));
  }
  normalise_exponentials(weights);
  for (std::size_t d = 0; d < query.depth; ++d) {
    double sum = 0;
    for (std::size_t j = 0; j < keys.size(); ++j) {
      sum += weights[j] * double{v.floats[keys[j] + query.feature + d]};
    }
    result.floats[first + d] = round_to(q.dtype, sum);
  }
}

// Every head of these positions over all of them.
void attend_within(const OracleTensor& q, const OracleTensor& k, const OracleTensor& v, std::size_t depth,
                   std::span<const std::size_t> positions, OracleTensor& result) {
  const std::size_t width = last_dim(q);
  for (const std::size_t position : positions) {
    for (std::size_t feature = 0; feature < width; feature += depth)
      attend(q, k, v, {position, feature, depth}, positions, result);
  }
}

void check_offsets(const OracleTensor& offsets, std::int64_t tokens, const std::string& node) {
  const auto& ends = offsets.ints;
  if (!ends.empty() && ends.front() == 0 && ends.back() == tokens && std::ranges::is_sorted(ends)) return;
  throw usage_error("node '{}': the offsets of its texts do not ascend from 0 to the {} tokens", node,
                    tokens);
}

}  // namespace

double apply_activation(Activation activation, double x, double slope) {
  switch (activation) {
    case Activation::None:
      return x;
    case Activation::GeluErf:
      return 0.5 * x * (1 + std::erf(x / std::numbers::sqrt2));
    case Activation::GeluTanh: {
      const double scale = std::sqrt(2 / std::numbers::pi);
      return 0.5 * x * (1 + std::tanh(scale * (x + 0.044715 * x * x * x)));
    }
    case Activation::Relu:
      return x < 0 ? 0 : x;  // NaN stays NaN
    case Activation::Tanh:
      return std::tanh(x);
    case Activation::Silu:
      return x / (1 + std::exp(-x));
    case Activation::Sigmoid:
      return 1 / (1 + std::exp(-x));
    case Activation::LeakyRelu:
      return x < 0 ? slope * x : x;
  }
  return x;
}

OracleTensor linear(const OracleTensor& x, const OracleTensor& weight, const OracleTensor& bias,
                    const OracleTensor* residual, Activation activation) {
  const std::size_t in = last_dim(x);
  const std::size_t out = bias.floats.size();
  const std::size_t rows = x.floats.size() / in;
  std::vector<std::int64_t> shape = x.shape;
  shape.back() = bias.shape.front();
  OracleTensor result = make_oracle_tensor(x.dtype, std::move(shape));
  for (std::size_t row = 0; row < rows; ++row) {
    const float* const features = x.floats.data() + row * in;
    for (std::size_t column = 0; column < out; ++column) {
      const float* const weights = weight.floats.data() + column * in;
      double sum = 0;
      for (std::size_t i = 0; i < in; ++i) sum += double{features[i]} * double{weights[i]};
      double value = apply_activation(activation, sum + double{bias.floats[column]});
      const std::size_t index = row * out + column;
      if (residual != nullptr) value += double{residual->floats[index]};
      result.floats[index] = round_to(x.dtype, value);
    }
  }
  return result;
}

OracleTensor layer_norm(const OracleTensor& x, const OracleTensor& weight, const OracleTensor& bias,
                        double epsilon) {
  const std::size_t width = last_dim(x);
  OracleTensor result = x;
  for (std::size_t begin = 0; begin < x.floats.size(); begin += width) {
    const std::span<float> row{result.floats.data() + begin, width};
    double sum = 0;
    for (const float element : row) sum += double{element};
    const double mean = sum / static_cast<double>(width);
    double squares = 0;
    for (const float element : row) squares += (double{element} - mean) * (double{element} - mean);
    const double scale = 1 / std::sqrt(squares / static_cast<double>(width) + epsilon);
    for (std::size_t i = 0; i < width; ++i) {
      const double normalised = (double{row[i]} - mean) * scale;
      row[i] = round_to(x.dtype, normalised * double{weight.floats[i]} + double{bias.floats[i]});
    }
  }
  return result;
}

OracleTensor activate(const OracleTensor& x, const Activate& op) {
  return map_elements(x,
                      [&op](double element) { return apply_activation(op.activation, element, op.slope); });
}

OracleTensor softmax(const OracleTensor& x) {
  const std::size_t width = last_dim(x);
  OracleTensor result = x;
  std::vector<double> row(width);
  for (std::size_t begin = 0; begin < x.floats.size(); begin += width) {
    for (std::size_t i = 0; i < width; ++i) row[i] = double{x.floats[begin + i]};
    normalise_exponentials(row);
    for (std::size_t i = 0; i < width; ++i) result.floats[begin + i] = round_to(x.dtype, row[i]);
  }
  return result;
}

OracleTensor attention(const OracleTensor& q, const OracleTensor& k, const OracleTensor& v,
                       const OracleTensor& mask, std::int64_t heads) {
  const auto batch = static_cast<std::size_t>(q.shape[0]);
  const auto seq = static_cast<std::size_t>(q.shape[1]);
  const std::size_t width = last_dim(q);
  const std::size_t depth = width / static_cast<std::size_t>(heads);
  OracleTensor result = make_oracle_tensor(q.dtype, q.shape);
  std::vector<std::size_t> keys;  // offsets of the positions that this sequence may attend to
  for (std::size_t b = 0; b < batch; ++b) {
    keys.clear();
    for (std::size_t j = 0; j < seq; ++j) {
      if (mask.ints[b * seq + j] != 0) keys.push_back((b * seq + j) * width);
    }
    if (keys.empty()) continue;  // zeros
    for (std::size_t i = 0; i < seq; ++i) {
      for (std::size_t feature = 0; feature < width; feature += depth) {
        attend(q, k, v, {(b * seq + i) * width, feature, depth}, keys, result);
      }
    }
  }
  return result;
}

OracleTensor packed_attention(const OracleTensor& q, const OracleTensor& k, const OracleTensor& v,
                              const OracleTensor& offsets, std::int64_t heads, const std::string& node) {
  check_offsets(offsets, q.shape[0], node);
  const std::size_t width = last_dim(q);
  OracleTensor result = make_oracle_tensor(q.dtype, q.shape);
  for (std::size_t text = 0; text + 1 < offsets.ints.size(); ++text) {
    std::vector<std::size_t> positions;
    for (std::int64_t token = offsets.ints[text]; token < offsets.ints[text + 1]; ++token)
      positions.push_back(static_cast<std::size_t>(token) * width);
    attend_within(q, k, v, width / static_cast<std::size_t>(heads), positions, result);
  }
  return result;
}

}  // namespace medbench::ir
