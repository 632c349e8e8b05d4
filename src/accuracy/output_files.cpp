#include "accuracy/output_files.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>

#include "base/error.hpp"
#include "data/safetensors.hpp"

namespace medbench {

namespace {

constexpr const char* kOutput = "output";
constexpr const char* kMask = "attention_mask";
constexpr std::array kInputs{"input_ids", kMask, "token_type_ids"};

const TensorView* find(const SafetensorsFile& file, std::string_view name) {
  const auto it = file.tensors().find(name);
  return it == file.tensors().end() ? nullptr : &it->second;
}

bool is_same(const TensorView* a, const TensorView* b) {
  if (a == nullptr || b == nullptr) return a == b;
  return a->dtype == b->dtype && a->shape == b->shape &&
         std::equal(a->data.begin(), a->data.end(), b->data.begin(), b->data.end());
}

}  // namespace

ParityCheck compare_output_files(const std::filesystem::path& reference,
                                 const std::filesystem::path& candidate) {
  try {
    const SafetensorsFile expected(reference);
    const SafetensorsFile found(candidate);
    for (const char* name : kInputs) {
      if (!is_same(find(expected, name), find(found, name)))
        return {.parity = {}, .reason = fmt::format("{} differs from that of the reference", name)};
    }
    const TensorView* wanted = find(expected, kOutput);
    const TensorView* output = find(found, kOutput);
    if (wanted == nullptr || output == nullptr) {
      return {.parity = {},
              .reason = fmt::format("the {} has no tensor named {}", wanted == nullptr ? "reference" : "row",
                                    kOutput)};
    }
    return compare_outputs(*wanted, *output, find(expected, kMask));
  } catch (const Error& error) {
    return {.parity = {}, .reason = error.what()};
  }
}

}  // namespace medbench
