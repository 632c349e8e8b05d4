#include "accuracy/parity_evaluator.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fmt/core.h>
#include <optional>

#include "accuracy/packed_parity.hpp"
#include "accuracy/parity_bounds.hpp"
#include "base/error.hpp"
#include "data/batches.hpp"
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

// [.., classes, sizes...] -> [all else, classes]
HostTensor by_pixel(const TensorView& tensor, int class_axis) {
  const std::vector<float> values = to_float(tensor);
  const auto axis = tensor.shape.begin() + class_axis;
  const auto classes = static_cast<std::size_t>(*axis);
  const auto inner = static_cast<std::size_t>(element_count({axis + 1, tensor.shape.end()}));
  if (classes == 0 || inner == 0) return {DType::F32, {0, *axis}};
  const std::size_t pixels = values.size() / classes;
  HostTensor result(DType::F32, {static_cast<std::int64_t>(pixels), *axis});
  const std::span<float> out = result.f32();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t outer = i / inner / classes;
    out[(outer * inner + i % inner) * classes + i / inner % classes] = values[i];
  }
  return result;
}

// Of texts without padding.
std::optional<TextPlaces> places_of_texts(const std::vector<ir::InputSpec>& specs,
                                          const NamedTensors& inputs) {
  const auto spec = std::ranges::find(specs, ir::Role::Offsets, &ir::InputSpec::role);
  if (spec == specs.end()) return std::nullopt;
  const auto offsets = find(inputs, spec->name);
  if (!offsets) throw internal_error("the row has no input {}", spec->name);
  return TextPlaces(*offsets);
}

bool is_same(const std::optional<TensorView>& a, const TensorView* b) {
  return a && b != nullptr && a->dtype == b->dtype && a->shape == b->shape &&
         std::equal(a->data.begin(), a->data.end(), b->data.begin(), b->data.end());
}

}  // namespace

void ParityEvaluator::add(const NamedTensors& inputs, const NamedTensors& outputs) {
  ParitySums sums;
  std::string problem = reference_.missing;
  try {
    if (problem.empty()) problem = compare(inputs, outputs, sums);
  } catch (const Error& error) {
    problem = error.what();
  }
  if (problem_.empty()) problem_ = std::move(problem);
  batches_.push_back(sums);
}

std::string ParityEvaluator::compare(const NamedTensors& inputs, const NamedTensors& outputs,
                                     ParitySums& sums) const {
  const SafetensorsFile expected(reference_.file);
  const auto name_of = [&](const std::string& tensor) { return name_in_batch(tensor, batches_.size()); };
  const std::optional<TextPlaces> places = places_of_texts(inputs_, inputs);
  std::optional<TensorView> mask;
  for (const auto& spec : inputs_) {
    if (tells_places(spec.role)) continue;  // of the row alone
    const auto input = find(inputs, spec.name);
    const TensorView* known = find(expected, name_of(spec.name));
    const bool same =
        places && input && known != nullptr ? places->hold_the_same(*input, *known) : is_same(input, known);
    if (!same) return fmt::format("{} differs from that of the reference", name_of(spec.name));
    if (spec.role == ir::Role::Mask) mask = input;
  }
  const TensorView* wanted = find(expected, name_of(output_.name));
  const auto output = find(outputs, output_.name);
  if (wanted == nullptr || !output) {
    return fmt::format("the {} has no tensor named {}", wanted == nullptr ? "reference" : "row",
                       name_of(output_.name));
  }
  if (places && wanted->shape.size() == output->shape.size() + 1) {
    const std::int64_t seq = wanted->shape.at(1);
    const HostTensor padded = places->pad(*output, seq);
    const HostTensor tokens = places->mask(seq);
    const TensorView shown = tokens.view();
    return sums.add(*wanted, padded.view(), &shown);
  }
  if (output_.kind != ir::OutputKind::Segmentation || wanted->shape != output->shape)
    return sums.add(*wanted, *output, mask ? &*mask : nullptr);
  return sums.add(by_pixel(*wanted, output_.class_axis).view(), by_pixel(*output, output_.class_axis).view());
}

void ParityEvaluator::fill(Result& result) const {
  ParitySums all;
  std::size_t worst = 0;
  for (std::size_t i = 0; i < batches_.size(); ++i) {
    all.add(batches_[i]);
    if (batches_[i].parity().cosine < batches_[worst].parity().cosine) worst = i;
  }
  const std::string problem = batches_.empty()    ? "no output was compared"
                              : !problem_.empty() ? problem_
                                                  : all.problem();
  if (problem.empty()) {
    const Parity parity = all.parity();
    const double least = batches_[worst].parity().cosine;
    fill_accuracy_metrics(result.metrics, parity);
    result.parity = judge_parity(result.job.target.precision, std::min(parity.cosine, least));
    result.details["parity"] = {
        {"batches", batches_.size()}, {"least_cosine", least}, {"worst_batch", worst}};
    return;
  }
  result.acc_error = problem;
  if (result.status != Status::Ok) return;
  result.status = Status::AccError;
  result.failure = Failure{.kind = "accuracy", .stage = Stage::Finish, .message = problem, .stderr_tail = {}};
}

}  // namespace medbench
