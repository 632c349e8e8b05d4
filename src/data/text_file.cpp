#include "data/text_file.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/ranges.h>
#include <xxhash.h>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/foreign_format.hpp"
#include "data/csv.hpp"
#include "data/large_json.hpp"
#include "data/unicode.hpp"

namespace medbench {

namespace {

namespace fs = std::filesystem;

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos;
}

std::ptrdiff_t line_of(std::string_view text, std::size_t offset) {
  return 1 + std::ranges::count(text.substr(0, offset), '\n');
}

// `names` as a readable list, cut when there are very many.
std::string list_of(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 20;
  std::vector<std::string> shown;
  for (const std::string& name : names) {
    if (shown.size() == kMost) break;
    shown.push_back(printable(name, 40));
  }
  return fmt::format("{}{}", fmt::join(shown, ", "), names.size() > kMost ? ", ..." : "");
}

std::string read_checked(const fs::path& path) {
  std::string text = read_text_file(path);
  const std::string origin = path.string();
  if (text.empty()) throw usage_error("{}: the file is empty; it must hold at least one text", origin);
  refuse_foreign_format(text, origin);
  if (const auto nul = text.find('\0'); nul != std::string::npos)
    throw usage_error("{}: line {} holds a NUL byte; this is no text file", origin, line_of(text, nul));
  if (const auto bad = find_invalid_utf8(text))
    throw usage_error("{}: line {} is not valid UTF-8; convert the file, for example with iconv", origin,
                      line_of(text, *bad));
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  return text;
}

// Calls on_line(line, number) for every line that is not blank, without its line end.
template <class OnLine>
void for_each_line(std::string_view text, OnLine on_line) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!is_blank(line)) on_line(line, number);
  }
}

std::vector<std::string> read_lines(std::string_view text) {
  std::vector<std::string> texts;
  for_each_line(text, [&](std::string_view line, std::size_t) { texts.emplace_back(line); });
  return texts;
}

// In the order in which they are tried.
struct Separators {
  std::string_view extension;
  std::string_view characters;
};
constexpr std::array kSeparators{Separators{".csv", ",;\t|"}, Separators{".tsv", "\t,;|"},
                                 Separators{".tab", "\t,;|"}};
constexpr std::string_view kOtherSeparators = "\t,;|";

// That of the first line "sep=;", as Excel reads and writes it; 0 where there is none.
char named_separator(std::string_view text) {
  constexpr std::string_view kName = "sep=";
  const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  return line.starts_with(kName) && line.size() == kName.size() + 1 ? line.back() : '\0';
}

std::vector<std::string> read_header(std::string_view text, char separator, const std::string& origin) {
  std::vector<std::string> header;
  CsvReader(text, separator, origin).next(header);
  return header;
}

// The first of `separators` with which the header row has the column, else that which gives it the most
// fields.
char find_separator(std::string_view text, std::string_view separators, std::string_view column,
                    const std::string& origin) {
  char best = separators.front();
  std::size_t most = 0;
  for (const char separator : separators) {
    std::vector<std::string> header;
    try {
      header = read_header(text, separator, origin);
    } catch (const Error&) {
      continue;  // quotes that make no sense with this one
    }
    if (std::ranges::find(header, column) != header.end()) return separator;
    if (header.size() > most) best = separator;
    most = std::max(most, header.size());
  }
  return best;
}

std::vector<std::string> read_table(std::string_view text, std::string_view separators,
                                    std::string_view column, const std::string& origin) {
  const char named = named_separator(text);
  const char separator = named != '\0' ? named : find_separator(text, separators, column, origin);
  CsvReader reader(text, separator, origin);
  std::vector<std::string> fields;
  if (named != '\0') reader.next(fields);
  reader.next(fields);
  const std::vector<std::string> header = fields;
  const auto found = std::ranges::find(header, column);
  if (found == header.end())
    throw usage_error("{}: no column \"{}\"; the header row has: {}", origin, printable(column, 60),
                      list_of(header));
  if (std::find(found + 1, header.end(), column) != header.end())
    throw usage_error("{}: two columns are named \"{}\"", origin, printable(column, 60));
  const auto index = static_cast<std::size_t>(found - header.begin());
  std::vector<std::string> texts;
  while (reader.next(fields)) {
    if (fields.size() != header.size())
      throw usage_error(
          "{}: line {}: {} fields, but the header row has {}{}", origin, reader.line(), fields.size(),
          header.size(),
          separator == '\t' ? "; in tab-separated text every line is a row, also between quotes" : "");
    if (!is_blank(fields[index])) texts.push_back(std::move(fields[index]));
  }
  return texts;
}

// Of an object, or of an array's rows; `where` starts the messages.
std::string take_text(LargeJson& json, std::string_view column, const std::string& where) {
  if (!json.is_object()) throw usage_error("{}: expected a JSON object", where);
  std::vector<std::string> keys;
  for (const auto& item : json.items()) keys.push_back(item.key());
  if (column.empty())
    throw usage_error("{}: it holds JSON, which needs --text-column, the key that holds the text; it has: {}",
                      where, list_of(keys));
  const auto value = json.find(column);
  if (value == json.end())
    throw usage_error("{}: no key \"{}\"; the object has: {}", where, printable(column, 60), list_of(keys));
  if (!value->is_string())
    throw usage_error("{}: \"{}\" must be a string, found {}", where, printable(column, 60),
                      value->type_name());
  return std::move(value->get_ref<std::string&>());
}

std::vector<std::string> read_json_lines(std::string_view text, std::string_view column,
                                         const std::string& origin) {
  std::vector<std::string> texts;
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    const std::string where = fmt::format("{}: line {}", origin, number);
    LargeJson json = parse_large_json(line, where);
    std::string content = take_text(json, column, where);
    if (!is_blank(content)) texts.push_back(std::move(content));
  });
  return texts;
}

std::vector<std::string> read_json_array(std::string_view text, std::string_view column,
                                         const std::string& origin) {
  LargeJson json = parse_large_json(text, origin);
  if (!json.is_array())
    throw usage_error("{}: one JSON {}; give an array of objects, or one object a line", origin,
                      json.type_name());
  std::vector<std::string> texts;
  for (std::size_t row = 0; row < json.size(); ++row) {
    std::string content = take_text(json[row], column, fmt::format("{}: element {}", origin, row + 1));
    if (!is_blank(content)) texts.push_back(std::move(content));
  }
  return texts;
}

std::string_view first_line(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return text.substr(0, text.find('\n'));
}

bool is_json_object(std::string_view text) {
  return text.starts_with('{') && LargeJson::accept(text);
}

std::string lower_extension(const fs::path& path) {
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return extension;
}

}  // namespace

std::string text_file_hash(const fs::path& path) {
  return text_hash(read_text_file(path));
}

std::string text_hash(std::string_view content) {
  const XXH128_hash_t hash = XXH3_128bits(content.data(), content.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

std::vector<std::string> read_texts(const fs::path& path, std::string_view column) {
  const std::string origin = path.string();
  const std::string extension = lower_extension(path);
  const std::string text = read_checked(path);
  const bool is_json_lines = extension == ".jsonl" || extension == ".ndjson";
  const auto* table = std::ranges::find(kSeparators, extension, &Separators::extension);
  std::vector<std::string> texts;
  if (table != kSeparators.end()) {
    if (column.empty())
      throw usage_error("{}: a {} file needs --text-column, the column that holds the text", origin,
                        extension);
    texts = read_table(text, table->characters, column, origin);
  } else if (is_json_lines || is_json_object(first_line(text))) {
    texts = read_json_lines(text, column, origin);
  } else if (extension == ".json") {
    texts = read_json_array(text, column, origin);
  } else if (!column.empty()) {
    texts = read_table(text, kOtherSeparators, column, origin);
  } else {
    texts = read_lines(text);
  }
  if (texts.empty()) throw usage_error("{}: no text in it, only blank ones", origin);
  return texts;
}

}  // namespace medbench
