#include "accuracy/decisions_file.hpp"

#include <cstring>

#include "base/error.hpp"

namespace medbench {

namespace {

constexpr const char* kLabels = "label";
constexpr const char* kMargins = "margin";
constexpr const char* kHash = "evaluation";

template <class Value>
HostTensor tensor_of(DType dtype, const std::vector<Value>& values) {
  HostTensor tensor(dtype, {static_cast<std::int64_t>(values.size())});
  if (!values.empty()) std::memcpy(tensor.bytes().data(), values.data(), tensor.bytes().size());
  return tensor;
}

template <class Value>
Value value_at(const TensorView& tensor, std::size_t number) {
  Value value{};
  std::memcpy(&value, tensor.data.data() + number * sizeof(Value), sizeof(Value));
  return value;
}

}  // namespace

void DecisionsWriter::add(const Decision& decision) {
  labels_.push_back(static_cast<std::int32_t>(decision.label));
  margins_.push_back(decision.margin);
}

std::filesystem::path DecisionsWriter::write(const std::filesystem::path& path,
                                             const std::string& hash) const {
  NamedTensors tensors;
  tensors.emplace(kLabels, tensor_of(DType::I32, labels_));
  tensors.emplace(kMargins, tensor_of(DType::F32, margins_));
  return write_safetensors(path, tensors, {{kHash, hash}});
}

DecisionsReader::DecisionsReader(const std::filesystem::path& path, const std::string& hash)
    : file_(std::make_unique<SafetensorsFile>(path)) {
  const auto metadata = file_->metadata().find(kHash);
  if (metadata == file_->metadata().end() || metadata->second != hash)
    throw usage_error("{}: it holds decisions about other rows", path.string());
  const auto& tensors = file_->tensors();
  const auto labels = tensors.find(kLabels);
  const auto margins = tensors.find(kMargins);
  const auto is_list = [&](const auto& found, DType dtype) {
    return found != tensors.end() && found->second.dtype == dtype && found->second.shape.size() == 1;
  };
  if (!is_list(labels, DType::I32) || !is_list(margins, DType::F32) ||
      labels->second.shape != margins->second.shape)
    throw usage_error("{}: it holds no decisions", path.string());
  labels_ = &labels->second;
  margins_ = &margins->second;
  size_ = static_cast<std::size_t>(labels_->shape.front());
}

Decision DecisionsReader::at(std::size_t number) const {
  return {.label = static_cast<std::uint32_t>(value_at<std::int32_t>(*labels_, number)),
          .margin = value_at<float>(*margins_, number)};
}

}  // namespace medbench
