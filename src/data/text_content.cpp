#include "data/text_content.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/ranges.h>

#include "base/error.hpp"
#include "base/foreign_format.hpp"
#include "data/table.hpp"
#include "data/unicode.hpp"

namespace medbench {

namespace {

std::ptrdiff_t line_of(std::string_view text, std::size_t offset) {
  return 1 + std::ranges::count(text.substr(0, offset), '\n');
}

std::string_view first_line(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return text.substr(0, text.find('\n'));
}

bool is_json_object(std::string_view text) {
  return text.starts_with('{') && LargeJson::accept(text);
}

}  // namespace

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos;
}

std::string_view checked_text(std::string_view text, const std::string& origin) {
  if (text.empty()) throw usage_error("{}: the file is empty; it must hold at least one text", origin);
  refuse_foreign_format(text, origin);
  if (const auto nul = text.find('\0'); nul != std::string_view::npos)
    throw usage_error("{}: line {} holds a NUL byte; this is no text file", origin, line_of(text, nul));
  if (const auto bad = find_invalid_utf8(text))
    throw usage_error("{}: line {} is not valid UTF-8; convert the file, for example with iconv", origin,
                      line_of(text, *bad));
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return text;
}

std::string lower_extension(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return extension;
}

bool holds_json_lines(std::string_view extension, std::string_view text) {
  if (extension == ".jsonl" || extension == ".ndjson") return true;
  return separators_of(extension).empty() && is_json_object(first_line(text));
}

bool Lines::next(std::string_view& line) {
  while (!rest_.empty()) {
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    line = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++number_;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!is_blank(line)) return true;
  }
  return false;
}

std::string list_of(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 20;
  std::vector<std::string> shown;
  for (const std::string& name : names) {
    if (shown.size() == kMost) break;
    shown.push_back(printable(name, 40));
  }
  return fmt::format("{}{}", fmt::join(shown, ", "), names.size() > kMost ? ", ..." : "");
}

std::vector<std::string> keys_of(const LargeJson& json, const std::string& where) {
  if (!json.is_object()) throw usage_error("{}: expected a JSON object", where);
  std::vector<std::string> keys;
  for (const auto& item : json.items()) keys.push_back(item.key());
  return keys;
}

std::string take_string(LargeJson& json, std::string_view key, const std::string& where) {
  const auto value = json.is_object() ? json.find(key) : json.end();
  if (value == json.end())
    throw usage_error("{}: no key \"{}\"; the object has: {}", where, printable(key, 60),
                      list_of(keys_of(json, where)));
  if (!value->is_string())
    throw usage_error("{}: \"{}\" must be a string, found {}", where, printable(key, 60), value->type_name());
  return std::move(value->get_ref<std::string&>());
}

}  // namespace medbench
