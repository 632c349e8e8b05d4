#include "data/labelled_rows.hpp"

#include <utility>
#include <vector>

#include "base/error.hpp"
#include "data/large_json.hpp"
#include "data/opened_text.hpp"
#include "data/table.hpp"
#include "data/text_content.hpp"

namespace medbench {

namespace {

using OnRow = std::function<void(const LabelledRow&)>;

void read_rows(std::string_view content, std::string_view separators, const std::string& origin,
               const OnRow& on_row) {
  Table table(content, separators, "label", origin);
  const std::size_t text = table.column("text");
  const std::size_t label = table.column("label");
  const std::size_t split = table.column("split");
  std::vector<std::string> fields;
  LabelledRow row;
  while (table.next(fields)) {
    ++row.number;
    row.line = table.line();
    row.text = std::move(fields[text]);
    row.label = is_blank(fields[label]) ? std::string() : std::move(fields[label]);
    row.split = std::move(fields[split]);
    on_row(row);
  }
}

// Numbers are labels, too; null is none.
std::string take_label(LargeJson& json, const std::string& where) {
  const auto value = json.find("label");
  if (value == json.end() || value->is_null()) return {};
  if (value->is_number_integer()) return value->dump();
  if (!value->is_string())
    throw usage_error("{}: \"label\" must be a string or an integer, found {}", where, value->type_name());
  auto& label = value->get_ref<std::string&>();
  return is_blank(label) ? std::string() : std::move(label);
}

void read_json_rows(std::string_view content, const std::string& origin, const OnRow& on_row) {
  LabelledRow row;
  for_each_line(content, [&](std::string_view line, std::size_t number) {
    const std::string where = fmt::format("{}: line {}", origin, number);
    LargeJson json = parse_large_json(line, where);
    ++row.number;
    row.line = number;
    row.text = take_string(json, "text", where);
    row.split = take_string(json, "split", where);
    row.label = take_label(json, where);
    on_row(row);
  });
}

}  // namespace

void read_labelled_rows(const std::filesystem::path& path, const OnRow& on_row) {
  const OpenedText file(path);
  const std::string origin = path.string();
  const std::string_view content = file.content();
  const std::string_view separators = separators_of(file.extension());
  if (holds_json_lines(file.extension(), content)) {
    read_json_rows(content, origin, on_row);
  } else if (file.extension() == ".json") {
    throw usage_error("{}: not JSON objects, one a line, which a file of labelled texts holds", origin);
  } else {
    read_rows(content, separators.empty() ? kOtherSeparators : separators, origin, on_row);
  }
}

}  // namespace medbench
