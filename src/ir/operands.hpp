// A node's inputs while its result is inferred: what they must be, and errors that carry the node's name.
// Internal to inference.
#pragma once

#include <cstddef>
#include <fmt/core.h>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "ir/shape_inference.hpp"

namespace medbench::ir {

class Operands {
 public:
  // Throws Internal for another number of inputs than the operation has, or one that is not there.
  Operands(const Graph& graph, const Node& node);

  template <class... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) const {
    throw internal_error("node '{}' ({}) {}", node_.name, name_of(node_.op),
                         fmt::format(format, std::forward<Args>(args)...));
  }

  [[nodiscard]] const Node& node() const { return node_; }
  [[nodiscard]] std::size_t count() const { return inputs_.size(); }
  [[nodiscard]] const std::string& name(std::size_t i) const { return inputs_[i]->name; }
  [[nodiscard]] const Shape& shape(std::size_t i) const { return inputs_[i]->shape; }
  [[nodiscard]] DType dtype(std::size_t i) const { return inputs_[i]->dtype; }

  void expect_shape(std::size_t i, const Shape& expected) const;
  void expect_index(std::size_t i) const;
  void expect_rank(std::size_t i, std::size_t least) const;
  // Floating point, and the type of the first of them.
  void expect_floats(std::size_t first, std::size_t last) const;
  // As the parameters of a normalisation are: of x's type, which is floating point, or of F32.
  void expect_norm_parameters() const;
  void expect_limit(std::string_view name, std::int32_t found, std::int32_t largest) const {
    if (found < 1 || found > largest) fail("expects {} in [1, {}], found {}", name, largest, found);
  }
  // Written so that NaN fails.
  void expect_epsilon(double epsilon) const {
    if (!(epsilon >= 0)) fail("expects an epsilon of at least 0, found {}", epsilon);
  }

 private:
  const Node& node_;
  std::vector<const Value*> inputs_;
};

}  // namespace medbench::ir
