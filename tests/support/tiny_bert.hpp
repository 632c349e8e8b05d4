// Encoders small enough for the interpreter, for tests.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "models/bert.hpp"
#include "models/distilbert.hpp"
#include "tests/support/axes.hpp"
#include "tests/support/encoder_inputs.hpp"

namespace medbench::testing {

struct TinyBert {
  std::string name;
  EncoderConfig config;  // without token types: of DistilBERT
  bool pooler = false;
  Axes axes;
  Mask mask = Mask::Padded;

  [[nodiscard]] ir::Graph graph() const {
    return config.token_types > 0 ? build_bert(config, pooler, name) : build_distilbert(config, name);
  }
  [[nodiscard]] NamedTensors inputs(std::uint64_t seed) const { return inputs(axes, seed); }
  [[nodiscard]] NamedTensors inputs(const Axes& other, std::uint64_t seed) const {
    NamedTensors inputs;
    for (const ir::InputSpec& spec : encoder_input_specs(config.vocab_size, config.token_types)) {
      inputs[spec.name] = spec.role == ir::Role::Mask
                              ? random_mask(other, mask, seed)
                              : random_ids(other, static_cast<std::int64_t>(spec.domain.most) + 1, seed);
      ++seed;
    }
    return inputs;
  }
  friend std::ostream& operator<<(std::ostream& out, const TinyBert& bert) { return out << bert.name; }
};

inline EncoderConfig tiny_config(std::int64_t hidden, std::int64_t layers, std::int64_t heads,
                                 ir::Activation activation, Head head = Head::None,
                                 std::int64_t token_types = 2) {
  EncoderConfig config;
  config.hidden_size = hidden;
  config.layers = layers;
  config.heads = heads;
  config.intermediate_size = 2 * hidden + 3;
  config.vocab_size = 31;
  config.max_positions = 40;
  config.token_types = token_types;
  config.activation = activation;
  config.head = head;
  config.labels = {"O", "B", "I"};
  return config;
}

// Every activation and head, with and without pooler, odd sizes, one token, and the longest sequence.
inline std::vector<TinyBert> tiny_berts() {
  using ir::Activation;
  return {
      {"gelu_two_layers", tiny_config(16, 2, 4, Activation::GeluErf), false, batch_seq(2, 7), Mask::Padded},
      {"gelu_new_pooler", tiny_config(12, 1, 3, Activation::GeluTanh), true, batch_seq(3, 5), Mask::Full},
      {"relu_one_head", tiny_config(10, 1, 1, Activation::Relu), false, batch_seq(1, 9), Mask::Full},
      {"tanh_one_token", tiny_config(8, 1, 2, Activation::Tanh), true, batch_seq(4, 1), Mask::Full},
      {"longest_sequence", tiny_config(8, 1, 2, Activation::GeluErf), false, batch_seq(1, 40), Mask::Padded},
      {"masked_holes", tiny_config(24, 1, 2, Activation::GeluErf), false, batch_seq(3, 11), Mask::Holes},
      {"sequence_head", tiny_config(16, 2, 2, Activation::GeluErf, Head::SequenceClassification), false,
       batch_seq(2, 6), Mask::Padded},
      {"token_head", tiny_config(16, 1, 2, Activation::Relu, Head::TokenClassification), false,
       batch_seq(2, 6), Mask::Padded},
      {"no_layers", tiny_config(16, 0, 2, Activation::GeluErf), true, batch_seq(2, 6), Mask::Padded},
      {"distilbert", tiny_config(16, 2, 4, Activation::GeluErf, Head::None, 0), false, batch_seq(2, 7),
       Mask::Padded},
      {"distilbert_sequence_head",
       tiny_config(16, 1, 2, Activation::GeluErf, Head::SequenceClassification, 0), false, batch_seq(2, 6),
       Mask::Holes},
  };
}

}  // namespace medbench::testing
