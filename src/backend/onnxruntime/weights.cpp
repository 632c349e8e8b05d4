#include "backend/onnxruntime/weights.hpp"

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

Handle<MemoryInfo> host_memory(const Api& api) {
  return create<MemoryInfo>(api, slot::kCreateMemoryInfo, "Cpu", AllocatorType::Device, 0,
                            MemoryType::Default);
}

void lend_weights(const Api& api, SessionOptions* options,
                  const std::vector<lower::OnnxInitializer>& weights) {
  if (weights.empty()) return;
  const Handle<MemoryInfo> memory = host_memory(api);
  std::vector<Handle<Value>> owners;
  std::vector<const char*> names;
  std::vector<const Value*> values;
  for (const lower::OnnxInitializer& weight : weights) {
    const std::span<const std::byte> bytes = weight.data.view.data;
    // The library takes a pointer that it could write through; of an initializer it only reads.
    void* data = const_cast<std::byte*>(bytes.data());
    owners.push_back(create<Value>(api, slot::kCreateTensorWithData, memory.get(), data, bytes.size(),
                                   weight.shape.data(), weight.shape.size(), element_of(weight.dtype)));
    names.push_back(weight.name.c_str());
    values.push_back(owners.back().get());
  }
  // The options share the values from here on.
  api.call(slot::kAddExternalInitializers, options, names.data(), values.data(), names.size());
}

}  // namespace medbench::ort
