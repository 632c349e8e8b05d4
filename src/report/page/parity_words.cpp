#include "report/page/parity_words.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <vector>

#include "base/json.hpp"
#include "report/page/html.hpp"

namespace medbench {

namespace {

std::string noun_of_sets(const Result& row) {
  if (row.inputs_source == "text") return "texts";
  if (row.inputs_source != "random") return "inputs";
  return row.job.work.axes.has(Axis::Height) ? "random images" : "random ids";
}

// Of details, which any file may hold: null where it is no object.
const Json* find_object(const Result& row, const char* key) {
  const auto found = row.details.find(key);
  return found != row.details.end() && found->is_object() ? &*found : nullptr;
}

std::optional<std::size_t> find_count(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer() || *found < 0) return {};
  return found->get<std::size_t>();
}

// "128 texts of notes.txt"; empty where the inputs are no texts.
std::string texts_text(const Result& row) {
  const Json* inputs = find_object(row, "inputs");
  const TextData* data = row.job.work.text();
  const auto used = inputs == nullptr ? std::nullopt : find_count(*inputs, "texts_used");
  if (data == nullptr || !used) return {};
  return fmt::format("{} of {}", counted(*used, "text"), data->file.substr(data->file.find_last_of('/') + 1));
}

}  // namespace

std::string parity_basis(const Result& row) {
  if (!row.metrics.get("acc_cosine")) return {};
  const Json* parity = find_object(row, "parity");
  const auto sets = parity == nullptr ? std::nullopt : find_count(*parity, "batches");
  const std::string noun = noun_of_sets(row);
  const std::string basis = sets ? fmt::format("{} of {}", counted(*sets, "set"), noun) : noun;
  const std::string texts = texts_text(row);
  return texts.empty() ? basis : fmt::format("{}, {}", basis, texts);
}

std::string render_remedies(const PageModel& model, const PageMachine& machine,
                            std::span<const Result* const> rows) {
  std::vector<const ParityRemedy*> told;
  std::string html;
  for (const Result* row : rows) {
    const ParityRemedy* remedy = find_remedy(machine.remedies, *row);
    if (remedy == nullptr || remedy->text.empty() || std::ranges::find(told, remedy) != told.end()) continue;
    told.push_back(remedy);
    html += fmt::format("<p class=where>{}: {}.</p>\n", as_html(model.name_of(*row)), as_html(remedy->text));
  }
  return html;
}

}  // namespace medbench
