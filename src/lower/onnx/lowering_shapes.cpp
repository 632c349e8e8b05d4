// Shapes that hold symbols.
#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "lower/onnx/lowering.hpp"

namespace medbench::lower {

// The number of a symbol, from an input whose shape has it as a dimension.
std::string Lowering::symbol(bool batch) {
  std::string& name = symbols_[batch];
  if (!name.empty()) return name;
  const ir::Dim wanted = batch ? ir::kBatch : ir::kSeq;
  for (const ir::ValueId id : graph_.inputs()) {
    const ir::Shape& shape = value(id).shape;
    const auto found = std::find(shape.begin(), shape.end(), wanted);
    if (found == shape.end()) continue;
    const std::int64_t axis = found - shape.begin();
    return name =
               model_.add({"Shape", {own(id)}, {{"start", axis}, {"end", axis + 1}}}, ir::to_string(wanted));
  }
  throw unsupported_error("the graph '{}' uses the size '{}', but none of its inputs has it as a dimension",
                          graph_.name, ir::to_string(wanted));
}

std::string Lowering::dim(const ir::Dim& dim) {
  if (dim.is_static()) return model_.constant({dim.factor});
  std::vector<std::string> factors;
  if (dim.factor != 1) factors.push_back(model_.constant({dim.factor}));
  factors.insert(factors.end(), static_cast<std::size_t>(std::max<int>(dim.batch, 0)), "");
  const std::size_t seq_begin = factors.size();
  factors.insert(factors.end(), static_cast<std::size_t>(std::max<int>(dim.seq, 0)), "");
  for (std::size_t i = 0; i < factors.size(); ++i) {
    if (factors[i].empty()) factors[i] = symbol(i < seq_begin);
  }
  std::string& name = products_[factors];
  if (!name.empty()) return name;
  std::string product = factors.front();
  for (std::size_t i = 1; i < factors.size(); ++i)
    product = model_.add({"Mul", {product, factors[i]}}, ir::to_string(dim));
  return name = product;
}

std::string Lowering::dims(const ir::Shape& shape) {
  const auto open =
      std::count_if(shape.begin(), shape.end(), [](const ir::Dim& d) { return !d.is_static(); });
  if (open <= 1) {  // which a Reshape finds out by itself
    std::vector<std::int64_t> sizes;
    for (const ir::Dim& d : shape) sizes.push_back(d.is_static() ? d.factor : -1);
    return model_.constant(sizes);
  }
  std::vector<std::string> parts;
  std::vector<std::int64_t> run;  // neighbours that are numbers
  const auto end_run = [&] {
    if (!run.empty()) parts.push_back(model_.constant(std::exchange(run, {})));
  };
  bool inferred = false;
  for (const ir::Dim& d : shape) {
    // One dimension may be left to Reshape: the first open one, which saves asking for the batch.
    if (d.is_static() || !inferred) {
      inferred = inferred || !d.is_static();
      run.push_back(d.is_static() ? d.factor : -1);
      continue;
    }
    end_run();
    parts.push_back(dim(d));
  }
  end_run();
  std::string& name = shapes_[parts];
  if (!name.empty()) return name;
  return name = model_.add({"Concat", parts, {{"axis", std::int64_t{0}}}}, "shape");
}

}  // namespace medbench::lower
