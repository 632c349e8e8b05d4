#include "medbench/option_values.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fmt/ranges.h>
#include <system_error>

#include "base/error.hpp"
#include "models/suggestion.hpp"

namespace medbench {

std::vector<std::string> split_lists(const std::vector<std::string>& values) {
  std::vector<std::string> split;
  for (const auto& value : values) {
    std::error_code ignored;
    if (std::filesystem::exists(value, ignored)) {
      split.push_back(value);
      continue;
    }
    for (std::size_t begin = 0; begin <= value.size();) {
      const std::size_t end = std::min(value.find(',', begin), value.size());
      if (end > begin) split.push_back(value.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  return split;
}

void check_choice(std::string_view name, std::span<const std::string_view> allowed,
                  const std::string& value) {
  if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return;
  throw usage_error("{} {}: unknown; give one of: {}", name, printable(value), fmt::join(allowed, ", "));
}

std::vector<QuantizationMethod> parse_quantization_methods(std::string_view option,
                                                           std::span<const std::string> words) {
  constexpr std::string_view kAll = "all";
  const auto every = quantization_methods();
  std::vector<QuantizationMethod> methods;
  for (const std::string& word : words) {
    if (word == kAll) {
      if (words.size() > 1)
        throw usage_error("{} {}: all is every method; leave the others out", option, fmt::join(words, " "));
      return {every.begin(), every.end()};
    }
    const auto method = find_quantization_method(word);
    if (!method) {
      std::vector<std::string_view> names;
      for (const QuantizationMethod known : every) names.push_back(option_word(known));
      names.push_back(kAll);
      const auto nearest = nearest_name(word, names);
      throw usage_error("{} {}: no method of int8;{} give some of {}, or nothing", option, printable(word),
                        nearest ? fmt::format(" did you mean {}?", *nearest) : "", fmt::join(names, ", "));
    }
    if (std::ranges::count(methods, *method) > 0)
      throw usage_error("{}: {} is given twice; each method has one row", option, option_word(*method));
    methods.push_back(*method);
  }
  return methods;
}

std::int64_t parse_integer(std::string_view option, std::string_view text, IntegerRange range) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  const bool readable = stop == end && (error == std::errc{} || error == std::errc::result_out_of_range);
  if (!readable) {
    throw usage_error("{} {}: not a whole number; give {} to {}", option, printable(text), range.low,
                      range.high);
  }
  if (error != std::errc{} || value < range.low || value > range.high) {
    throw usage_error("{} {}: out of range; give {} to {}", option, printable(text), range.low, range.high);
  }
  return value;
}

double parse_number(std::string_view option, std::string_view text, NumberRange range) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (stop != end || (error != std::errc{} && error != std::errc::result_out_of_range)) {
    throw usage_error("{} {}: not a number; give {} to {}", option, printable(text), range.low, range.high);
  }
  // A NaN is in no range.
  if (error != std::errc{} || !(value >= range.low && value <= range.high)) {
    throw usage_error("{} {}: out of range; give {} to {}", option, printable(text), range.low, range.high);
  }
  return value;
}

double parse_share(std::string_view option, std::string_view text) {
  std::string_view digits = text;
  const bool is_percentage = digits.ends_with('%');
  if (is_percentage) digits.remove_suffix(1);
  const double most = is_percentage ? 100 : 1;
  double value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (stop != end || error != std::errc{} || !(value >= 0 && value <= most)) {
    throw usage_error("{} {}: no share; give a number from 0 to 1, or a percentage from 0% to 100%", option,
                      printable(text));
  }
  return value / most;
}

}  // namespace medbench
