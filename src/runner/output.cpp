#include "runner/output.hpp"

#include <algorithm>
#include <vector>

#include "base/error.hpp"

namespace medbench {

void LineReader::append(std::string_view bytes) {
  // Drops what was handed out, so that the buffer holds one line and not the stream.
  buffer_.erase(0, begin_);
  scanned_ -= begin_;
  begin_ = 0;
  buffer_ += bytes;
  total_ += bytes.size();
}

std::optional<std::string> LineReader::next() {
  if (total_ > total_limit_) throw usage_error("wrote more than {} bytes", total_limit_);
  const std::size_t end = buffer_.find('\n', scanned_);
  const std::size_t length = std::min(end, buffer_.size()) - begin_;
  if (length > line_limit_) throw usage_error("wrote a line of more than {} bytes", line_limit_);
  if (end == std::string::npos) {
    scanned_ = buffer_.size();
    return std::nullopt;
  }
  std::string line = buffer_.substr(begin_, length);
  if (line.ends_with('\r')) line.pop_back();
  begin_ = scanned_ = end + 1;
  return line;
}

std::optional<std::string> LineReader::rest() {
  if (begin_ == buffer_.size()) return std::nullopt;
  append("\n");
  return next();
}

void TailBuffer::append(std::string_view bytes) {
  if (bytes.size() >= capacity_) {
    cut_ = cut_ || !buffer_.empty() || bytes.size() > capacity_;
    buffer_ = bytes.substr(bytes.size() - capacity_);
    return;
  }
  buffer_ += bytes;
  if (buffer_.size() > capacity_) {
    buffer_.erase(0, buffer_.size() - capacity_);
    cut_ = true;
  }
}

std::string TailBuffer::lines(std::size_t most_lines) const {
  std::string_view text = buffer_;
  if (cut_) {
    // The first line lost its beginning; it is shown only when there is no other.
    const std::size_t end = text.find('\n');
    if (end != std::string_view::npos && end + 1 < text.size()) text.remove_prefix(end + 1);
  }
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) lines.push_back(printable(line, 500));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  std::string joined;
  for (std::size_t i = lines.size() - std::min(lines.size(), most_lines); i < lines.size(); ++i) {
    if (!joined.empty()) joined += '\n';
    joined += lines[i];
  }
  return joined;
}

}  // namespace medbench
