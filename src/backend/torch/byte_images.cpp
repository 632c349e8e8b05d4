#include "backend/torch/byte_images.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace medbench::torch_backend {

namespace {

constexpr std::size_t kRankOfPlane = 4;

class Search {
 public:
  explicit Search(const ir::Graph& graph)
      : graph_(graph), makers_(graph.values.size()), readers_(graph.values.size()) {
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      makers_[graph.nodes[i].output] = &graph.nodes[i];
      for (const ir::ValueId id : graph.nodes[i].inputs) readers_[id].push_back(i);
    }
    for (const ir::Output& output : graph.outputs) outputs_.insert(output.value);
  }

  ByteImages run() {
    for (const ir::Node& node : graph_.nodes) find_scale(node);
    for (const ir::Node& node : graph_.nodes) {
      if (is_chain(node)) found_.chains[node.output].convolution = &node;
    }
    for (const ir::Node& node : graph_.nodes) extend(node);
    do {
      found_.bytes.clear();
      for (auto it = graph_.nodes.rbegin(); it != graph_.nodes.rend(); ++it) find_bytes(*it);
    } while (break_chains());
    return std::move(found_);
  }

 private:
  void find_scale(const ir::Node& node) {
    if (graph_.value(node.output).dtype != DType::F32) return;
    if (const auto* op = std::get_if<ir::FakeQuantize>(&node.op))
      found_.scales[node.output] = ir::activation_scale(op->min, op->max, op->activation_max);
    if (!is_maximum(node)) return;
    const auto scale = found_.scales.find(node.inputs[0]);
    if (scale != found_.scales.end()) found_.scales.insert({node.output, scale->second});
  }

  [[nodiscard]] static bool is_maximum(const ir::Node& node) {
    const auto* pool = std::get_if<ir::Pool>(&node.op);
    return pool != nullptr && pool->kind == ir::Pooling::Max && pool->kernel.size() + 2 == kRankOfPlane;
  }
  [[nodiscard]] bool is_chain(const ir::Node& node) const {
    return std::holds_alternative<ir::QuantizedConvolution>(node.op) &&
           found_.scales.contains(node.inputs[0]) &&
           std::all_of(node.inputs.begin() + 1, node.inputs.end(),
                       [&](ir::ValueId id) { return graph_.value(id).kind == ir::ValueKind::Parameter; });
  }

  // A chain whose value has no other reader than what comes next.
  [[nodiscard]] const ByteChain* open_chain(ir::ValueId id) const {
    const auto chain = found_.chains.find(id);
    const bool is_open = chain != found_.chains.end() && !chain->second.rounds && readers_[id].size() == 1 &&
                         !outputs_.contains(id);
    return is_open ? &chain->second : nullptr;
  }

  void replace(ir::ValueId from, ir::ValueId to, const ByteChain& chain) {
    found_.chains.erase(from);
    found_.inside.insert(from);
    found_.chains[to] = chain;
  }

  // A FakeQuantize takes over what it rounds: a convolution, or the sum of one and of an image of bytes.
  void extend(const ir::Node& node) {
    if (!std::holds_alternative<ir::FakeQuantize>(node.op) || !found_.scales.contains(node.output)) return;
    const ir::ValueId x = node.inputs[0];
    if (const ByteChain* chain = open_chain(x)) {
      ByteChain longer = *chain;
      longer.rounds = true;
      return replace(x, node.output, longer);
    }
    const ir::Node* sum = makers_[x];
    if (sum == nullptr || !std::holds_alternative<ir::Add>(sum->op) || readers_[x].size() != 1 ||
        outputs_.contains(x))
      return;
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      const ByteChain* chain = open_chain(sum->inputs[side]);
      const ir::ValueId addend = sum->inputs[1 - side];
      const bool is_whole = graph_.value(sum->inputs[side]).shape == graph_.value(x).shape;
      if (chain == nullptr || !is_whole || !is_last_reader(*sum, addend)) continue;
      ByteChain longer = *chain;
      longer.addend = addend;
      longer.rounds = true;
      found_.inside.insert(x);
      return replace(sum->inputs[side], node.output, longer);
    }
  }

  // Of an image of integers and of the result's shape.
  [[nodiscard]] bool is_last_reader(const ir::Node& sum, ir::ValueId addend) const {
    const ir::Shape& shape = graph_.value(addend).shape;
    return found_.scales.contains(addend) && !outputs_.contains(addend) && shape.size() == kRankOfPlane &&
           shape == graph_.value(sum.output).shape && &graph_.nodes[readers_[addend].back()] == &sum;
  }

  // From the last node on, so that readers are known.
  void find_bytes(const ir::Node& node) {
    const ir::ValueId id = node.output;
    if (!found_.scales.contains(id) || outputs_.contains(id) || readers_[id].empty()) return;
    if (std::ranges::all_of(readers_[id], [&](std::size_t i) { return takes_bytes(graph_.nodes[i], id); }))
      found_.bytes.insert(id);
  }
  [[nodiscard]] bool takes_bytes(const ir::Node& reader, ir::ValueId id) const {
    if (is_maximum(reader)) return found_.bytes.contains(reader.output);
    if (std::holds_alternative<ir::QuantizedConvolution>(reader.op)) return is_chain(reader);
    return std::ranges::any_of(found_.chains, [&](const auto& chain) {
      return chain.second.addend == id && found_.inside.contains(reader.output);
    });
  }

  // Where a program makes the value of a node: at the end of its chain.
  [[nodiscard]] const ir::Node* place_of(const ir::Node& node) const {
    for (const auto& [id, chain] : found_.chains) {
      if (chain.convolution == &node) return makers_[id];
    }
    return &node;
  }

  // Nobody reads the addend when the chain or what comes later runs, the chain's own convolution included.
  [[nodiscard]] bool may_overwrite(ir::ValueId addend, const ir::Node* end) const {
    return std::ranges::all_of(readers_[addend], [&](std::size_t i) {
      const ir::Node& reader = graph_.nodes[i];
      const bool is_sum = std::holds_alternative<ir::Add>(reader.op) && found_.inside.contains(reader.output);
      return is_sum || place_of(reader) < end;
    });
  }

  // Those of which a part turned out to be read as numbers, too: it is made of numbers then. Whether there
  // were some.
  bool break_chains() {
    std::vector<std::pair<ir::ValueId, ByteChain>> broken;
    for (const auto& [id, chain] : found_.chains) {
      if (!chain.rounds) continue;
      const bool has_addend = !chain.addend || (found_.bytes.contains(*chain.addend) &&
                                                may_overwrite(*chain.addend, makers_[id]));
      if (!found_.bytes.contains(id) || !has_addend) broken.emplace_back(id, chain);
    }
    for (const auto& [id, chain] : broken) {
      found_.chains.erase(id);
      found_.inside.erase(chain.convolution->output);
      if (chain.addend) found_.inside.erase(makers_[id]->inputs[0]);
      found_.chains[chain.convolution->output].convolution = chain.convolution;
    }
    return !broken.empty();
  }

  const ir::Graph& graph_;
  std::vector<const ir::Node*> makers_;            // null for inputs and parameters
  std::vector<std::vector<std::size_t>> readers_;  // by number, in order
  std::set<ir::ValueId> outputs_;
  ByteImages found_;
};

}  // namespace

ByteImages find_byte_images(const ir::Graph& graph) {
  return Search(graph).run();
}

}  // namespace medbench::torch_backend
