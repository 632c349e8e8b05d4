// Networks on images: their settings, which each is a flag and a key of a network's configuration.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "medbench/option_parser.hpp"

namespace medbench {

class ImageOptionsParser {
 public:
  explicit ImageOptionsParser(OptionParser& parser);
  // After parse(): what is wanted otherwise than a network has it.
  [[nodiscard]] Json settings() const;

 private:
  std::string conv_type_;
  std::optional<std::int64_t> in_channels_;
  std::optional<std::int64_t> num_classes_;
  std::optional<std::int64_t> groups_;
  bool depthwise_ = false;
};

// The flag of a key; the key itself where there is none.
std::string_view flag_of_setting(std::string_view key);

}  // namespace medbench
