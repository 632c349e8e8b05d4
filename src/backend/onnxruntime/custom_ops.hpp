// Operators of our own in ONNX Runtime: medbench.GroupedInt8Linear, the linear layer in integers with a scale
// for every group of features, for which the library has no kernel.
#pragma once

#include <memory>

#include "backend/onnxruntime/ort_handles.hpp"

namespace medbench::ort {

// A domain of operators; it must outlive every session that was made with it.
class CustomOps {
 public:
  explicit CustomOps(const Api& api);
  ~CustomOps();
  CustomOps(const CustomOps&) = delete;
  CustomOps& operator=(const CustomOps&) = delete;

  // Can this library run them?
  static bool are_supported(const Api& api);
  void add_to(SessionOptions* options) const;

 private:
  struct Operator;
  Api api_;
  std::unique_ptr<Operator> operator_;  // referred to by the domain
  Handle<CustomOpDomain> domain_;
};

}  // namespace medbench::ort
