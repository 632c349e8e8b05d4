// Options that reach one runtime only: each is a row of a table, and what is given becomes a key of the
// options of the jobs of that runtime's backends.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medbench/option_parser.hpp"

namespace medbench {

// The backend that computes as autocast does, and the option of its jobs that says so.
inline constexpr std::string_view kAmpBackend = "torch";
inline constexpr std::string_view kAmpKey = "torch.amp";

inline constexpr std::string_view kTensorRtBackend = "tensorrt";

class RuntimeOptionsParser {
 public:
  // `images`: with the options that only networks on images obey.
  RuntimeOptionsParser(OptionParser& parser, bool images);

  // What the other options say.
  struct Asked {
    std::span<const std::string> backends;
    std::span<const std::int64_t> batch_sizes;
    std::span<const std::int64_t> seq_lengths;
    const std::map<std::string, std::string>& backend_options;  // of every backend
  };
  // After parse(): by backend, key and value. Throws Usage: an option of a runtime that is not measured, a
  // pair without "=", a key given twice, ranges of an optimization profile that are out of order or leave out
  // what is measured.
  [[nodiscard]] std::map<std::string, std::map<std::string, std::string>> finish(const Asked& asked) const;

 private:
  struct Value {
    std::optional<std::string> text;
    std::vector<std::string> pairs;
    std::optional<std::int64_t> number;
    bool flag = false;
  };
  std::vector<std::unique_ptr<Value>> values_;  // one for each row of the table; they must not move
};

// Whether a library, provider or device of the backend's runtime was named, by an option of its jobs or by a
// variable. Then its absence is a fault of what was asked for. Never of "tpu": that a TPU is absent is no
// fault of the plug-in, which is named for pjrt too.
bool names_runtime(std::string_view backend, const std::map<std::string, std::string>& options);

// Sets the variables by which workers learn, when they are asked what they can do, of a library that was
// named by an option.
void export_library_variables(const std::map<std::string, std::map<std::string, std::string>>& options_of);

}  // namespace medbench
