#include "data/text_file.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/ranges.h>

#include "base/error.hpp"
#include "base/file.hpp"
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

std::vector<std::string> read_csv(std::string_view text, char separator, std::string_view column,
                                  const std::string& origin) {
  CsvReader reader(text, separator, origin);
  std::vector<std::string> fields;
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
      throw usage_error("{}: line {}: {} fields, but the header row has {}", origin, reader.line(),
                        fields.size(), header.size());
    if (!is_blank(fields[index])) texts.push_back(std::move(fields[index]));
  }
  return texts;
}

std::vector<std::string> read_jsonl(std::string_view text, std::string_view column,
                                    const std::string& origin) {
  std::vector<std::string> texts;
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    const std::string where = fmt::format("{}: line {}", origin, number);
    LargeJson json = parse_large_json(line, where);
    if (!json.is_object()) throw usage_error("{}: expected a JSON object", where);
    const auto value = json.find(column);
    if (value == json.end()) {
      std::vector<std::string> keys;
      for (const auto& item : json.items()) keys.push_back(item.key());
      throw usage_error("{}: no key \"{}\"; the object has: {}", where, printable(column, 60), list_of(keys));
    }
    if (!value->is_string())
      throw usage_error("{}: \"{}\" must be a string, found {}", where, printable(column, 60),
                        value->type_name());
    auto& content = value->get_ref<std::string&>();
    if (!is_blank(content)) texts.push_back(std::move(content));
  });
  return texts;
}

}  // namespace

std::vector<std::string> read_texts(const fs::path& path, std::string_view column) {
  const std::string origin = path.string();
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  const bool is_csv = extension == ".csv" || extension == ".tsv";
  const bool is_jsonl = extension == ".jsonl";
  const std::string text = read_checked(path);
  if ((is_csv || is_jsonl) && column.empty())
    throw usage_error("{}: a {} file needs --text-column, the {} that holds the text", origin, extension,
                      is_csv ? "column" : "key");
  if (!is_csv && !is_jsonl && !column.empty())
    throw usage_error("{}: --text-column is for .csv, .tsv and .jsonl files; this one is read line by line",
                      origin);
  std::vector<std::string> texts;
  if (is_csv) {
    texts = read_csv(text, extension == ".tsv" ? '\t' : ',', column, origin);
  } else if (is_jsonl) {
    texts = read_jsonl(text, column, origin);
  } else {
    texts = read_lines(text);
  }
  if (texts.empty()) throw usage_error("{}: no text in it, only blank ones", origin);
  return texts;
}

}  // namespace medbench
