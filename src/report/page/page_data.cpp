#include "report/page/page_data.hpp"

#include <fmt/format.h>

#include "report/columns.hpp"
#include "report/page/html.hpp"
#include "report/page/packed_samples.hpp"

namespace medbench {

namespace {

Json to_json(const PackedSamples& samples) {
  return {{"per_ms", samples.per_ms}, {"vlq", samples.vlq}, {"processes", samples.processes}};
}

}  // namespace

std::string page_data(const PageModel& model) {
  const auto shown = columns_of(&Column::summary, model.results());
  Json names = Json::array({"row", "machine"});
  for (const Column* column : shown) names.push_back(column->key);
  for (const char* name : {"file", "command", "samples"}) names.push_back(name);
  std::string rows;
  for (const PageMachine& machine : model.machines()) {
    for (const Result& row : machine.results) {
      Json values = Json::array({model.name_of(row), machine.name});
      for (const Column* column : shown) values.push_back(column->value(row));
      values.push_back(model.origin_of(row).file);
      values.push_back(model.origin_of(row).command);
      values.push_back(to_json(pack_samples(row.samples)));
      rows += (rows.empty() ? "\n" : ",\n") + json_for_script(dump_line(values));
    }
  }
  return fmt::format("{{\"columns\":{},\"rows\":[{}\n]}}", json_for_script(dump_line(names)), rows);
}

}  // namespace medbench
