#include "backend/onnxruntime/weight_lender.hpp"

#include <utility>

#include "base/error.hpp"

namespace medbench::ort {

Element element_of(DType dtype) {
  switch (dtype) {
    case DType::F64:
      return Element::Double;
    case DType::F32:
      return Element::Float;
    case DType::F16:
      return Element::Float16;
    case DType::BF16:
      return Element::BFloat16;
    case DType::I64:
      return Element::Int64;
    case DType::I32:
      return Element::Int32;
    case DType::I16:
      return Element::Int16;
    case DType::I8:
      return Element::Int8;
    case DType::U8:
      return Element::UInt8;
    case DType::Bool:
      return Element::Bool;
  }
  throw internal_error("unknown data type");
}

WeightLender::Desk::Desk(const Api& api)
    : Deleter{.version = api.version(),
              .allocate = [](Deleter*, std::size_t) -> void* { return nullptr; },
              .free = [](Deleter* self, void* data) { static_cast<Desk*>(self)->take_back(data); },
              .info = [](const Deleter* self) -> const MemoryInfo* {
                return static_cast<const Desk*>(self)->memory.get();
              }},
      memory(create<MemoryInfo>(api, slot::kCreateMemoryInfo, "Cpu", AllocatorType::Device, 0,
                                MemoryType::Default)) {}

void WeightLender::Desk::take_back(void* data) {
  const std::scoped_lock lock(mutex);
  if (const auto found = lent.find(data); found != lent.end()) lent.erase(found);
}

WeightLender::WeightLender(const Api& api) : api_(api), desk_(api) {}

std::size_t WeightLender::lent_bytes() const {
  std::size_t total = 0;
  for (const auto& [data, weight] : desk_.lent) total += weight.data.view.data.size();
  return total;
}

Handle<Value> WeightLender::make_value(lower::OnnxInitializer weight) {
  // The library takes a pointer that it could write through; of an initializer it only reads.
  void* data = const_cast<std::byte*>(weight.data.view.data.data());
  const std::size_t size = weight.data.view.data.size();
  const std::vector<std::int64_t> shape = weight.shape;
  const Element element = element_of(weight.dtype);
  desk_.lent.emplace(data, std::move(weight));
  if (api_.has(slot::kCreateTensorWithDeleter)) {
    return create<Value>(api_, slot::kCreateTensorWithDeleter, &desk_, data, size, shape.data(), shape.size(),
                         element);
  }
  // An older library does not tell when it lets go: what it was lent stays until the end.
  return create<Value>(api_, slot::kCreateTensorWithData, desk_.memory.get(), data, size, shape.data(),
                       shape.size(), element);
}

void WeightLender::lend(SessionOptions* options, std::vector<lower::OnnxInitializer> weights) {
  std::vector<std::string> names;
  std::vector<Handle<Value>> values;
  for (lower::OnnxInitializer& weight : weights) {
    names.push_back(weight.name);
    values.push_back(make_value(std::move(weight)));
  }
  std::vector<const char*> name_pointers;
  std::vector<const Value*> value_pointers;
  for (std::size_t i = 0; i < names.size(); ++i) {
    name_pointers.push_back(names[i].c_str());
    value_pointers.push_back(values[i].get());
  }
  if (names.empty()) return;
  // The options share the values from here on.
  api_.call(slot::kAddExternalInitializers, options, name_pointers.data(), value_pointers.data(),
            names.size());
}

}  // namespace medbench::ort
