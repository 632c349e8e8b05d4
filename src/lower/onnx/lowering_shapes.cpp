// Shapes that hold symbols.
#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "lower/onnx/lowering.hpp"

namespace medbench::lower {

// The number of a symbol, from an input whose shape has it as a dimension, with an offset if need be.
std::string Lowering::symbol(Axis axis) {
  std::string& name = symbols_[axis];
  if (!name.empty()) return name;
  const std::string symbol{info_of(axis).symbol};
  for (const ir::ValueId id : graph_.inputs()) {
    const ir::Shape& shape = value(id).shape;
    const auto found =
        std::find_if(shape.begin(), shape.end(), [&](const ir::Dim& dim) { return dim.symbol() == axis; });
    if (found == shape.end()) continue;
    const std::int64_t at = found - shape.begin();
    const std::string size =
        model_.add({"Shape", {own(id)}, {{"start", at}, {"end", at + 1}}}, ir::to_string(*found));
    if (found->offset == 0) return name = size;
    return name = model_.add({"Sub", {size, model_.constant({found->offset})}}, symbol);
  }
  throw unsupported_error("the graph '{}' uses the size '{}', but none of its inputs has it as a dimension",
                          graph_.name, symbol);
}

std::string Lowering::dim(const ir::Dim& dim) {
  if (dim.is_static()) return model_.constant({dim.factor});
  const std::string text = ir::to_string(dim);
  std::string& name = sizes_[text];
  if (!name.empty()) return name;
  std::vector<std::string> factors;
  if (dim.factor != 1) factors.push_back(model_.constant({dim.factor}));
  for (const AxisInfo& row : kAxes) {
    for (int i = 0; i < dim.power(row.axis); ++i) factors.push_back(symbol(row.axis));
  }
  std::string size = factors.front();
  for (std::size_t i = 1; i < factors.size(); ++i) size = model_.add({"Mul", {size, factors[i]}}, text);
  if (dim.offset != 0) size = model_.add({"Add", {size, model_.constant({dim.offset})}}, text);
  return name = size;
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
