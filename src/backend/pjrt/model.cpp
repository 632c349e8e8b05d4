#include "backend/pjrt/model.hpp"

#include <algorithm>

#include "backend/pjrt/argument_data.hpp"
#include "base/error.hpp"

namespace medbench::pjrt {

Model::Model(const Client& client, const Device& device, ir::Graph graph, ir::ParameterSource& weights,
             const Axes& axes)
    : client_(client), device_(device), graph_(std::move(graph)) {
  const Variant& variant = variant_for(axes);
  main_ = variant.program.get();
  ArgumentReader reader(graph_, weights);
  for (const lower::Argument& argument : variant.module.arguments) {
    if (argument.content == lower::Content::Input) continue;
    weights_.push_back(client_.upload(device_, argument.dtype, argument.shape, reader.read(argument)));
  }
}

std::size_t Model::weights_in_place() const {
  return static_cast<std::size_t>(std::count_if(
      weights_.begin(), weights_.end(), [](const auto& weight) { return !weight.source.view.data.empty(); }));
}

Model::Variant& Model::variant_for(const Axes& axes) {
  const auto [found, is_new] = variants_.try_emplace(axes);
  Variant& variant = found->second;
  if (!is_new) return variant;
  variant.module = lower::to_stablehlo(graph_, axes);
  variant.program = std::make_unique<Program>(client_, std::move(variant.module.text), device_);
  return variant;
}

DeviceBuffer Model::upload_input(const lower::Argument& argument, const NamedTensors& inputs,
                                 const std::shared_ptr<HostTensor>& staging) const {
  const std::string& name = graph_.value(argument.value).name;
  const auto given = inputs.find(name);
  if (given == inputs.end()) throw internal_error("pjrt: no input '{}' was given", name);
  const HostTensor& tensor = given->second;
  if (tensor.dtype() != argument.dtype || tensor.shape() != argument.shape) {
    throw internal_error("pjrt: input '{}' must be {}{}, found {}{}", name, to_string(argument.dtype),
                         shape_to_string(argument.shape), to_string(tensor.dtype()),
                         shape_to_string(tensor.shape()));
  }
  // Which the buffer may keep: the caller's tensor may go away.
  std::copy(tensor.bytes().begin(), tensor.bytes().end(), staging->bytes().begin());
  return client_.upload(device_, argument.dtype, argument.shape, {staging->view(), staging});
}

void Model::bind(std::size_t slot, const Axes& axes) {
  if (slot >= slots_.size()) slots_.resize(slot + 1);
  Slot place{.variant = &variant_for(axes), .staging = {}, .inputs = {}, .arguments = {}};
  for (const lower::Argument& argument : place.variant->module.arguments) {
    if (argument.content == lower::Content::Input)
      place.staging.push_back(std::make_shared<HostTensor>(argument.dtype, argument.shape));
  }
  slots_[slot] = std::move(place);
}

void Model::write(std::size_t slot, const NamedTensors& inputs) {
  if (slot >= slots_.size() || !slots_[slot]) throw internal_error("pjrt: slot {} was not bound", slot);
  Slot& place = *slots_[slot];
  place.inputs.clear();  // before the staging is written: they may be where it is
  place.arguments.clear();
  for (const lower::Argument& argument : place.variant->module.arguments) {
    if (argument.content != lower::Content::Input) continue;
    place.inputs.push_back(upload_input(argument, inputs, place.staging.at(place.inputs.size())));
    place.arguments.push_back(place.inputs.back().handle.get());
  }
  for (const DeviceBuffer& weight : weights_) place.arguments.push_back(weight.handle.get());
}

void Model::enqueue(std::size_t slot) {
  if (slot >= slots_.size() || !slots_[slot] || slots_[slot]->arguments.empty())
    throw internal_error("pjrt: slot {} holds no inputs", slot);
  // First of all, so that their memory can be used again.
  outputs_.clear();
  last_ = slot;
  const Variant& variant = *slots_[slot]->variant;
  output_list_.assign(variant.module.output_shapes.size(), nullptr);
  done_ = variant.program->execute(slots_[slot]->arguments, output_list_);
  for (PJRT_Buffer* output : output_list_) outputs_.emplace_back(output, Destroy{&client_.plugin()});
}

void Model::wait() {
  await(client_.plugin(), std::move(done_), "the forward pass");
}

void Model::read(std::size_t slot, NamedTensors& outputs) const {
  if (last_ != slot) throw internal_error("pjrt: slot {} was not the last to run", slot);
  const Variant& variant = *slots_[slot]->variant;
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    const auto& shape = variant.module.output_shapes[i];
    client_.download(outputs_[i].get(), make_room(outputs, graph_.outputs[i].name, shape));
  }
}

}  // namespace medbench::pjrt
