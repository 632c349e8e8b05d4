// Shapes that hold symbols, and parameters.
#include <algorithm>
#include <cstring>
#include <span>

#include "base/error.hpp"
#include "lower/onnx/lowering.hpp"

namespace medbench::lower {
namespace {

// Bytes that a parameter owns because the checkpoint has no such tensor.
ir::ParameterData own_data(std::shared_ptr<HostTensor> tensor) {
  return {tensor->view(), tensor};
}

void convert(const TensorView& from, std::span<std::byte> to, DType dtype) {
  if (from.dtype == dtype) {
    std::memcpy(to.data(), from.data.data(), from.data.size());
    return;
  }
  const std::vector<float> numbers = to_float(from);
  if (dtype == DType::F32) {
    std::memcpy(to.data(), numbers.data(), to.size());
    return;
  }
  if (dtype != DType::F16 && dtype != DType::BF16)
    throw internal_error("no weight can be {}", to_string(dtype));
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::uint16_t bits = dtype == DType::F16 ? float_to_f16(numbers[i]) : float_to_bf16(numbers[i]);
    std::memcpy(to.data() + i * sizeof(bits), &bits, sizeof(bits));
  }
}

}  // namespace

ir::ParameterData Lowering::read(const ir::Value& parameter) {
  const std::vector<std::int64_t> shape = ir::bind(parameter.shape, {});
  const auto wanted = static_cast<std::size_t>(element_count(shape));
  if (parameter.parts.size() == 1) {
    ir::ParameterData data = weights_.read(parameter.parts.front());
    const bool fits = static_cast<std::size_t>(element_count(data.view.shape)) == wanted;
    if (fits && data.view.dtype == parameter.dtype) return data;
  }
  const auto whole = std::make_shared<HostTensor>(parameter.dtype, shape);
  std::size_t filled = 0;
  for (const std::string& part : parameter.parts) {
    const ir::ParameterData data = weights_.read(part);
    const auto count = static_cast<std::size_t>(element_count(data.view.shape));
    if (count > wanted - filled) {
      filled = wanted + 1;
      break;
    }
    const std::size_t width = size_of(parameter.dtype);
    convert(data.view, whole->bytes().subspan(filled * width, count * width), parameter.dtype);
    filled += count;
  }
  if (filled != wanted) {
    throw usage_error("the weights of '{}' do not make a tensor {}", parameter.name, shape_to_string(shape));
  }
  return own_data(whole);
}

std::string Lowering::parameter(ir::ValueId id) {
  const ir::Value& parameter = value(id);
  return model_.add_weight(parameter.name, parameter.dtype, ir::bind(parameter.shape, {}), read(parameter));
}

std::string Lowering::transposed_parameter(ir::ValueId id) {
  std::string& name = transposed_[id];
  if (!name.empty()) return name;
  const ir::Value& parameter = value(id);
  const ir::ParameterData data = read(parameter);
  const std::vector<std::int64_t> shape = ir::bind(parameter.shape, {});
  const auto rows = static_cast<std::size_t>(shape.at(0));
  const auto columns = static_cast<std::size_t>(shape.at(1));
  const auto turned = std::make_shared<HostTensor>(parameter.dtype, std::vector{shape.at(1), shape.at(0)});
  const std::size_t width = size_of(parameter.dtype);
  constexpr std::size_t kBlock = 32;  // of both sides, so that it stays in the cache
  for (std::size_t top = 0; top < rows; top += kBlock) {
    for (std::size_t column = 0; column < columns; ++column) {
      for (std::size_t row = top; row < std::min(rows, top + kBlock); ++row) {
        std::memcpy(turned->bytes().data() + (column * rows + row) * width,
                    data.view.data.data() + (row * columns + column) * width, width);
      }
    }
  }
  return name = model_.add_weight(parameter.name + ".transposed", parameter.dtype, turned->shape(),
                                  own_data(turned));
}

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
