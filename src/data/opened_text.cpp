#include "data/opened_text.hpp"

#include "data/gzip.hpp"
#include "data/text_content.hpp"

namespace medbench {

namespace {

std::string_view text_of(const MappedFile& file) {
  const auto bytes = file.bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

OpenedText::OpenedText(const std::filesystem::path& path)
    : file_(std::make_unique<MappedFile>(path)), extension_(lower_extension(path)) {
  if (is_gzip(file_->bytes())) {
    file_ = std::make_unique<MappedFile>(path, unpack_gzip(file_->bytes(), path.string()));
    if (extension_ == ".gz") extension_ = lower_extension(path.stem());
  } else if (file_->bytes().empty()) {
    read_ = read_text_file(path);
  }
  content_ = checked_text(read_.empty() ? text_of(*file_) : read_, path.string());
}

}  // namespace medbench
