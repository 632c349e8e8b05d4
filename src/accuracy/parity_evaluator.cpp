#include "accuracy/parity_evaluator.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <optional>

#include "accuracy/parity_bounds.hpp"
#include "base/error.hpp"
#include "data/safetensors.hpp"

namespace medbench {

namespace {

std::optional<TensorView> find(const NamedTensors& tensors, const std::string& name) {
  const auto it = tensors.find(name);
  return it == tensors.end() ? std::nullopt : std::optional(it->second.view());
}

const TensorView* find(const SafetensorsFile& file, const std::string& name) {
  const auto it = file.tensors().find(name);
  return it == file.tensors().end() ? nullptr : &it->second;
}

bool is_same(const std::optional<TensorView>& a, const TensorView* b) {
  return a && b != nullptr && a->dtype == b->dtype && a->shape == b->shape &&
         std::equal(a->data.begin(), a->data.end(), b->data.begin(), b->data.end());
}

}  // namespace

void ParityEvaluator::add(const NamedTensors& inputs, const NamedTensors& outputs) {
  if (!reference_.missing.empty()) {
    check_ = {.parity = {}, .reason = reference_.missing};
    return;
  }
  try {
    check_ = compare(inputs, outputs);
  } catch (const Error& error) {
    check_ = {.parity = {}, .reason = error.what()};
  }
}

ParityCheck ParityEvaluator::compare(const NamedTensors& inputs, const NamedTensors& outputs) const {
  const SafetensorsFile expected(reference_.file);
  std::optional<TensorView> mask;
  for (const auto& spec : inputs_) {
    const auto input = find(inputs, spec.name);
    if (!is_same(input, find(expected, spec.name)))
      return {.parity = {}, .reason = fmt::format("{} differs from that of the reference", spec.name)};
    if (spec.role == ir::Role::Mask) mask = input;
  }
  const TensorView* wanted = find(expected, output_);
  const auto output = find(outputs, output_);
  if (wanted == nullptr || !output) {
    return {.parity = {},
            .reason = fmt::format("the {} has no tensor named {}", wanted == nullptr ? "reference" : "row",
                                  output_)};
  }
  return compare_outputs(*wanted, *output, mask ? &*mask : nullptr);
}

void ParityEvaluator::fill(Result& result) const {
  if (check_.parity) {
    fill_accuracy_metrics(result.metrics, *check_.parity);
    result.parity = judge_parity(result.job.target.precision, check_.parity->cosine);
    return;
  }
  result.acc_error = check_.reason;
  if (result.status != Status::Ok) return;
  result.status = Status::AccError;
  result.failure =
      Failure{.kind = "accuracy", .stage = Stage::Finish, .message = check_.reason, .stderr_tail = {}};
}

}  // namespace medbench
