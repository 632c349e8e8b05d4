#include "report/page/page_data.hpp"

#include <fmt/format.h>
#include <iterator>

#include "report/columns.hpp"
#include "report/page/html.hpp"

namespace medbench {

namespace {

// Millions of numbers: written directly.
std::string samples_json(const Result& row) {
  std::string text;
  text.reserve(row.samples.size() * 8);
  for (const Sample& sample : row.samples) {
    if (!text.empty()) text += ',';
    fmt::format_to(std::back_inserter(text), "{:.6g}", sample.ms);
  }
  return "[" + text + "]";
}

}  // namespace

std::string page_data(const PageModel& model) {
  const auto shown = columns_of(&Column::summary, model.results());
  std::string text = "[";
  for (const PageMachine& machine : model.machines()) {
    for (const Result& row : machine.results) {
      Json record;
      record["row"] = model.name_of(row);
      record["machine"] = machine.name;
      for (const Column* column : shown) {
        Json value = column->value(row);
        if (!value.is_null()) record[column->key] = std::move(value);
      }
      record["file"] = model.origin_of(row).file;
      record["command"] = model.origin_of(row).command;
      std::string line = dump_line(record);
      line.pop_back();
      text += fmt::format("{}\n{},\"samples_ms\":{}}}", text.size() > 1 ? "," : "",
                          json_for_script(std::move(line)), samples_json(row));
    }
  }
  return text + "\n]";
}

}  // namespace medbench
