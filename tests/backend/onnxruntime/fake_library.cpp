// A library that says it is some release of ONNX Runtime, and hands out no interface of any version.
#include <cstdint>

struct FakeBase {
  const void* (*get_api)(std::uint32_t version);
  const char* (*get_version)();
};

// NOLINTNEXTLINE(readability-identifier-naming): the name that every release exports
extern "C" __attribute__((visibility("default"))) const FakeBase* OrtGetApiBase() {
  static constexpr FakeBase kBase{[](std::uint32_t) -> const void* { return nullptr; },
                                  [] { return FAKE_RELEASE; }};
  return &kBase;
}
