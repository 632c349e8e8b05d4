// The values of options as words of a command line: lists, choices and numbers within their limits.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "job/quantization.hpp"

namespace medbench {

struct IntegerRange {
  std::int64_t low = 0;
  std::int64_t high = 0;
};

struct NumberRange {  // both ends included
  double low = 0;
  double high = 0;
};

// "1,2" and "1 2" are the same; a comma too many is none, and what exists as a file may have commas in its
// name.
std::vector<std::string> split_lists(const std::vector<std::string>& values);

// Throws Usage with what is allowed.
void check_choice(std::string_view name, std::span<const std::string_view> allowed, const std::string& value);

// Of int8: "dynamic", "static" and "weight-only", each once, or "all" alone; none for no words. Throws Usage.
std::vector<QuantizationMethod> parse_quantization_methods(std::string_view option,
                                                           std::span<const std::string> words);

// A whole number within the range, and nothing else in the text. Throws Usage and names the option.
std::int64_t parse_integer(std::string_view option, std::string_view text, IntegerRange range);
// Likewise; neither infinity nor NaN.
double parse_number(std::string_view option, std::string_view text, NumberRange range);
// A share from 0 to 1, also as a percentage: "0.005" and "0.5%" are the same. Throws Usage and names the
// option.
double parse_share(std::string_view option, std::string_view text);

}  // namespace medbench
