// What a worker writes, kept within bounds: lines of standard output, and the end of standard error.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace medbench {

// Cuts a stream into lines. It holds at most one unfinished line.
class LineReader {
 public:
  // In bytes: of one line, and of the whole stream.
  LineReader(std::size_t line_limit, std::size_t total_limit)
      : line_limit_(line_limit), total_limit_(total_limit) {}

  void append(std::string_view bytes);
  // The next whole line without its end ("\n" or "\r\n"). Throws Usage when a line or the stream is over its
  // limit.
  std::optional<std::string> next();
  // The stream has ended: what is left counts as a line.
  std::optional<std::string> rest();

 private:
  std::size_t line_limit_;
  std::size_t total_limit_;
  std::size_t total_ = 0;
  std::string buffer_;
  std::size_t begin_ = 0;    // of the next line in the buffer
  std::size_t scanned_ = 0;  // no line end between begin_ and here
};

// The last bytes of a stream.
class TailBuffer {
 public:
  explicit TailBuffer(std::size_t capacity) : capacity_(capacity) {}

  void append(std::string_view bytes);
  // The last whole lines, at most `most_lines`, each safe to print; empty lines are left out.
  [[nodiscard]] std::string lines(std::size_t most_lines = 20) const;

 private:
  std::size_t capacity_;
  std::string buffer_;
  bool cut_ = false;
};

}  // namespace medbench
