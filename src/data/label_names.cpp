#include "data/label_names.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/core.h>
#include <system_error>

#include "data/text_content.hpp"

namespace medbench {

namespace {

std::string folded(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\v\f";
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

}  // namespace

LabelNames::LabelNames(std::vector<std::string> names) : names_(std::move(names)) {
  for (std::uint32_t i = 0; i < names_.size(); ++i) {
    const std::string name(trimmed(names_[i]));
    exact_.try_emplace(name, i);
    const auto [place, is_new] = folded_.try_emplace(folded(name), i);
    if (!is_new) place->second.reset();
  }
}

std::optional<std::uint32_t> LabelNames::find(std::string_view label) const {
  label = trimmed(label);
  if (const auto found = exact_.find(std::string(label)); found != exact_.end()) return found->second;
  if (const auto found = folded_.find(folded(label)); found != folded_.end() && found->second)
    return found->second;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(label.data(), label.data() + label.size(), number);
  if (error != std::errc() || end != label.data() + label.size() || number >= names_.size())
    return std::nullopt;
  return number;
}

std::string LabelNames::choices() const {
  return fmt::format("{} or a number from 0 to {}", list_of(names_), names_.size() - 1);
}

}  // namespace medbench
