#include "ir/parameters.hpp"

#include <cstddef>

#include "base/error.hpp"
#include "ir/graph.hpp"

namespace medbench::ir {

ParameterData read_parameter(ParameterSource& source, const Value& parameter, DType dtype) {
  const std::vector<std::int64_t> shape = bind(parameter.shape, {});
  const auto wanted = static_cast<std::size_t>(element_count(shape));
  const std::size_t width = size_of(dtype);
  std::shared_ptr<HostTensor> whole;
  std::size_t filled = 0;
  for (const std::string& part : parameter.parts) {
    ParameterData data = source.read(part);
    const auto count = static_cast<std::size_t>(element_count(data.view.shape));
    if (count == wanted && data.view.dtype == dtype) {
      data.view.shape = shape;
      return data;
    }
    if (count > wanted - filled) break;
    if (!whole) whole = std::make_shared<HostTensor>(dtype, shape);
    from_float(to_float(data.view), dtype, whole->bytes().subspan(filled * width, count * width));
    filled += count;
  }
  if (filled != wanted || !whole) {
    throw usage_error("the tensors of parameter '{}' do not make its shape {}", parameter.name,
                      shape_to_string(shape));
  }
  TensorView view = whole->view();
  return {std::move(view), std::move(whole)};
}

}  // namespace medbench::ir
