#include "machine/proc_file.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <fmt/core.h>
#include <fstream>
#include <iterator>

namespace medbench {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::size_t kMostBytes = std::size_t{16} << 20;
constexpr std::int64_t kMostCpus = 65536;

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  std::size_t begin = text.find_first_not_of(separators);
  while (begin != std::string_view::npos) {
    const std::size_t end = std::min(text.find_first_of(separators, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(separators, end);
  }
  return parts;
}

}  // namespace

std::string read_proc_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::string block(65536, '\0');
  while (file && text.size() < kMostBytes) {
    file.read(block.data(), static_cast<std::streamsize>(block.size()));
    text.append(block, 0, static_cast<std::size_t>(file.gcount()));
  }
  return text;
}

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::vector<std::string_view> split_lines(std::string_view text) {
  return split(text, "\n");
}

std::vector<std::string_view> split_words(std::string_view text) {
  return split(text, kBlanks);
}

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::optional<std::string_view> find_field(std::string_view text, std::string_view key, char separator) {
  for (const std::string_view line : split_lines(text)) {
    const std::size_t at = line.find(separator);
    if (at == std::string_view::npos || trim(line.substr(0, at)) != key) continue;
    return trim(line.substr(at + 1));
  }
  return std::nullopt;
}

std::optional<std::int64_t> stat_field(std::string_view stat, std::size_t number) {
  constexpr std::size_t kState = 3;  // the first word behind the name
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string_view::npos) return std::nullopt;
  const auto words = split_words(stat.substr(name_end + 1));
  return number - kState < words.size() ? parse_number(words[number - kState]) : std::nullopt;
}

std::set<int> parse_cpu_list(std::string_view text) {
  std::set<int> cpus;
  for (const std::string_view part : split(trim(text), ",")) {
    const std::size_t dash = part.find('-');
    const auto first = parse_number(trim(part.substr(0, dash)));
    const auto last = dash == std::string_view::npos ? first : parse_number(trim(part.substr(dash + 1)));
    if (!first || !last || *first < 0 || *last >= kMostCpus) continue;
    for (std::int64_t cpu = *first; cpu <= *last; ++cpu) cpus.insert(static_cast<int>(cpu));
  }
  return cpus;
}

std::string format_cpu_list(const std::set<int>& cpus) {
  std::string text;
  for (auto first = cpus.begin(); first != cpus.end();) {
    auto last = first;
    auto next = std::next(first);
    while (next != cpus.end() && *next == *last + 1) last = next++;
    text += fmt::format("{}{}", text.empty() ? "" : ",", *first);
    if (last != first) text += fmt::format("-{}", *last);
    first = next;
  }
  return text;
}

}  // namespace medbench
