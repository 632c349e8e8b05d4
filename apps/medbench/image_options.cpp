#include "medbench/image_options.hpp"

#include <algorithm>
#include <array>

namespace medbench {

namespace {

constexpr std::array<std::string_view, 2> kConvTypes{"2d", "3d"};
constexpr IntegerRange kChannels{1, 65'536};

struct Setting {
  std::string_view flag;
  const char* key;
};
constexpr Setting kConvType{"--conv-type", "dims"};
constexpr Setting kInChannels{"--in-ch", "in_channels"};
constexpr Setting kNumClasses{"--num-classes", "num_classes"};
constexpr Setting kGroups{"--groups", "groups"};
constexpr Setting kDepthwise{"--depthwise", "depthwise"};
constexpr std::array kSettings{kConvType, kInChannels, kNumClasses, kGroups, kDepthwise};

}  // namespace

ImageOptionsParser::ImageOptionsParser(OptionParser& parser) {
  parser.choice(kConvType.flag, kConvTypes, conv_type_);
  parser.integer(kInChannels.flag, kChannels, in_channels_);
  parser.integer(kNumClasses.flag, kChannels, num_classes_);
  parser.integer(kGroups.flag, kChannels, groups_);
  parser.flag(kDepthwise.flag, depthwise_);
}

Json ImageOptionsParser::settings() const {
  Json settings = Json::object();
  if (!conv_type_.empty()) settings[kConvType.key] = conv_type_ == kConvTypes[0] ? 2 : 3;
  if (in_channels_) settings[kInChannels.key] = *in_channels_;
  if (num_classes_) settings[kNumClasses.key] = *num_classes_;
  if (groups_) settings[kGroups.key] = *groups_;
  if (depthwise_) settings[kDepthwise.key] = true;
  return settings;
}

std::string_view flag_of_setting(std::string_view key) {
  const auto* const found =
      std::ranges::find_if(kSettings, [&](const Setting& setting) { return setting.key == key; });
  return found == kSettings.end() ? key : found->flag;
}

}  // namespace medbench
