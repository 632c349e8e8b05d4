// Owning pointers to what the library creates.
#pragma once

#include <memory>

#include "backend/onnxruntime/ort_api.hpp"

namespace medbench::ort {

// The function that releases a type.
template <class T>
struct ReleaseOf;
template <>
struct ReleaseOf<Env> {
  static constexpr auto kSlot = slot::kReleaseEnv;
};
template <>
struct ReleaseOf<Session> {
  static constexpr auto kSlot = slot::kReleaseSession;
};
template <>
struct ReleaseOf<SessionOptions> {
  static constexpr auto kSlot = slot::kReleaseSessionOptions;
};
template <>
struct ReleaseOf<RunOptions> {
  static constexpr auto kSlot = slot::kReleaseRunOptions;
};
template <>
struct ReleaseOf<IoBinding> {
  static constexpr auto kSlot = slot::kReleaseIoBinding;
};
template <>
struct ReleaseOf<MemoryInfo> {
  static constexpr auto kSlot = slot::kReleaseMemoryInfo;
};
template <>
struct ReleaseOf<Value> {
  static constexpr auto kSlot = slot::kReleaseValue;
};
template <>
struct ReleaseOf<Allocator> {
  static constexpr auto kSlot = slot::kReleaseAllocator;
};
template <>
struct ReleaseOf<KeyValuePairs> {
  static constexpr auto kSlot = slot::kReleaseKeyValuePairs;
};
template <>
struct ReleaseOf<CudaOptions> {
  static constexpr auto kSlot = slot::kReleaseCudaOptions;
};
template <>
struct ReleaseOf<TensorRtOptions> {
  static constexpr auto kSlot = slot::kReleaseTensorRtOptions;
};

template <>
struct ReleaseOf<CustomOpDomain> {
  static constexpr auto kSlot = slot::kReleaseCustomOpDomain;
};
template <>
struct ReleaseOf<TensorType> {
  static constexpr auto kSlot = slot::kReleaseTensorType;
};

template <class T>
struct Release {
  Api api;
  void operator()(T* object) const { api.call(ReleaseOf<T>::kSlot, object); }
};

template <class T>
using Handle = std::unique_ptr<T, Release<T>>;

// Calls a function whose last parameter is where it puts what it creates.
template <class T, class Signature, class... Arguments>
Handle<T> create(const Api& api, const Slot<Signature>& function, Arguments&&... arguments) {
  T* object = nullptr;
  api.call(function, std::forward<Arguments>(arguments)..., &object);
  return Handle<T>(object, Release<T>{api});
}

}  // namespace medbench::ort
