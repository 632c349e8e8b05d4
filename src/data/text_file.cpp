#include "data/text_file.hpp"

#include <fmt/core.h>
#include <utility>
#include <xxhash.h>

#include "base/error.hpp"
#include "base/file.hpp"
#include "data/large_json.hpp"
#include "data/opened_text.hpp"
#include "data/table.hpp"
#include "data/text_content.hpp"

namespace medbench {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> read_lines(std::string_view text) {
  std::vector<std::string> texts;
  for_each_line(text, [&](std::string_view line, std::size_t) { texts.emplace_back(line); });
  return texts;
}

std::vector<std::string> read_table(std::string_view text, std::string_view separators,
                                    std::string_view column, const std::string& origin) {
  Table table(text, separators, column, origin);
  const std::size_t index = table.column(column);
  std::vector<std::string> texts;
  std::vector<std::string> fields;
  while (table.next(fields)) {
    if (!is_blank(fields[index])) texts.push_back(std::move(fields[index]));
  }
  return texts;
}

// Of an object, or of an array's rows; `where` starts the messages.
std::string take_text(LargeJson& json, std::string_view column, const std::string& where) {
  if (column.empty())
    throw usage_error("{}: it holds JSON, which needs --text-column, the key that holds the text; it has: {}",
                      where, list_of(keys_of(json, where)));
  return take_string(json, column, where);
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

}  // namespace

std::string text_file_hash(const fs::path& path) {
  const MappedFile file(path);
  const auto bytes = file.bytes();
  if (bytes.empty()) return text_hash(read_text_file(path));  // those of /proc cannot be mapped
  return text_hash({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::string text_hash(std::string_view content) {
  const XXH128_hash_t hash = XXH3_128bits(content.data(), content.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

std::vector<std::string> read_texts(const fs::path& path, std::string_view column) {
  const std::string origin = path.string();
  const OpenedText file(path);
  const std::string& extension = file.extension();
  const std::string_view text = file.content();
  const std::string_view separators = separators_of(extension);
  std::vector<std::string> texts;
  if (!separators.empty()) {
    if (column.empty())
      throw usage_error("{}: a {} file needs --text-column, the column that holds the text", origin,
                        extension);
    texts = read_table(text, separators, column, origin);
  } else if (holds_json_lines(extension, text)) {
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
