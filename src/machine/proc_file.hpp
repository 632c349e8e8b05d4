// Small files of /proc and /sys, and the pieces of their syntax.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace medbench {

// The whole text, empty when it cannot be read; reads at most 16 MiB.
std::string read_proc_file(const std::string& path);

std::string_view trim(std::string_view text);
std::vector<std::string_view> split_lines(std::string_view text);
std::vector<std::string_view> split_words(std::string_view text);  // at blanks
// A decimal number that fills the text; nothing otherwise.
std::optional<std::int64_t> parse_number(std::string_view text);
// What follows "key" and the separator on the first line that begins with it, trimmed.
std::optional<std::string_view> find_field(std::string_view text, std::string_view key, char separator);
// Field `number`, from 3 (the state) on, of /proc/<pid>/stat: counted behind the last ')', because the
// program's name may hold anything. Nothing when the text is not of that form.
std::optional<std::int64_t> stat_field(std::string_view stat, std::size_t number);
// "0-2,5" is {0, 1, 2, 5}; what is malformed is left out.
std::set<int> parse_cpu_list(std::string_view text);
std::string format_cpu_list(const std::set<int>& cpus);  // likewise, as short as it goes

}  // namespace medbench
