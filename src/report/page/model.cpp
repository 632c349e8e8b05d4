#include "report/page/model.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "accuracy/parity_bounds.hpp"
#include "base/error.hpp"
#include "report/columns.hpp"
#include "report/fastest.hpp"
#include "report/page/html.hpp"
#include "report/page/machines.hpp"

namespace medbench {

namespace {

template <class T>
std::vector<T> reordered(std::vector<T>& values, const std::vector<std::size_t>& order) {
  std::vector<T> moved;
  moved.reserve(values.size());
  for (const std::size_t i : order) moved.push_back(std::move(values[i]));
  return moved;
}

// What two targets of one name differ in: each setting with its value.
std::map<std::string, std::string> settings_of(const Result& row) {
  const Target& target = row.job.target;
  std::map<std::string, std::string> settings;
  // "torch.cuda_graphs" and "ort.cuda_graphs" are one setting of two backends.
  for (const auto& [key, value] : target.options) settings[key.substr(key.find('.') + 1)] = value;
  settings["threads"] = std::to_string(target.threads);
  settings["asked"] = target.asked_precision;
  settings["ran"] = row.effective_precision;
  settings["restarts"] = std::to_string(row.job.protocol.restarts);
  settings["iterations"] = std::to_string(row.job.protocol.num_iterations.value_or(0));
  if (row.job.protocol.numa_node) settings["numa node"] = std::to_string(*row.job.protocol.numa_node);
  const Json quantization = target.quantization ? to_json(*target.quantization) : Json::object();
  for (const auto& [key, value] : quantization.items()) settings[key] = dump_line(value);
  return settings;
}

// Of each row of one name, in order: the settings in which not all are alike.
std::vector<std::string> distinctions(const std::vector<const Result*>& namesakes) {
  std::vector<std::map<std::string, std::string>> settings;
  std::map<std::string, std::set<std::string>> values;
  for (const Result* row : namesakes) {
    settings.push_back(settings_of(*row));
    for (const auto& [key, value] : settings.back()) values[key];
  }
  for (const auto& own : settings) {
    for (auto& [key, found] : values) {
      const auto mine = own.find(key);
      found.insert(mine == own.end() ? "" : mine->second);
    }
  }
  std::vector<std::string> texts;
  for (const auto& own : settings) {
    std::string& text = texts.emplace_back();
    for (const auto& [key, value] : own) {
      if (values.at(key).size() > 1 && !value.empty())
        text += fmt::format("{}{}={}", text.empty() ? "" : ", ", key, value);
    }
  }
  return texts;
}

std::string_view title_of_texts(const TextData& text) {
  switch (text.padding) {
    case Padding::Fixed:
      return ", texts";
    case Padding::Longest:
      return ", texts, longest";
    case Padding::None:
      return ", texts without padding";
  }
  return "";
}

}  // namespace

std::string title_of_work(const Result& row, bool with_padding) {
  const Workload& work = row.job.work;
  std::string title = name_of_model(row);
  for (const AxisInfo& info : kAxes) {
    if (work.axes.has(info.axis)) title += fmt::format(", {} {}", info.heading, work.axes[info.axis]);
  }
  if (const TextData* text = work.text()) {
    title += with_padding ? title_of_texts(*text) : ", texts";
    if (text->order == BatchOrder::Length) title += ", by length";
  }
  if (row.job.protocol.region == TimedRegion::Host) title += ", from host to host";
  return title;
}

PageModel::PageModel(PageInput input) : input_(std::move(input)) {
  if (input_.origins.size() != input_.results.size())
    throw internal_error("{} results and {} origins", input_.results.size(), input_.origins.size());
  sort_by_machine();
  names_.resize(input_.results.size());
  std::map<std::string, std::size_t> titles;
  for (PageMachine& machine : machines_) {
    for (const auto& rows : group_by_work(machine.results)) {
      PageGroup group{.title = title_of_work(*rows.front(), !paddings_differ(rows)),
                      .rows = rows,
                      .answer = find_answer(rows, input_.playoffs)};
      std::ranges::stable_sort(group.rows, {}, [](const Result* row) {
        const double ms = median_ms_of(*row);
        return std::pair(!(ms > 0), ms);
      });
      name_rows(group);
      machine.groups.push_back(std::move(group));
    }
    machine.remedies = find_parity_remedies(machine.results);
    // Works that differ in what no title says: another seed, another file of texts.
    std::map<std::string, std::size_t> seen;
    for (PageGroup& group : machine.groups) {
      if (const std::size_t number = ++seen[group.title]; number > 1)
        group.title += fmt::format(" (work {})", number);
    }
  }
}

void PageModel::sort_by_machine() {
  std::vector<std::string> keys;
  keys.reserve(input_.results.size());
  for (const Result& result : input_.results) keys.push_back(machine_key(result));
  std::vector<std::size_t> order(keys.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::map<std::string, std::size_t> first;
  for (std::size_t i = 0; i < keys.size(); ++i) first.try_emplace(keys[i], i);
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return first.at(keys[i]); });
  input_.results = reordered(input_.results, order);
  input_.origins = reordered(input_.origins, order);
  keys = reordered(keys, order);
  std::map<std::string, std::size_t> names;
  for (std::size_t begin = 0; begin < keys.size();) {
    std::size_t end = begin;
    while (end < keys.size() && keys[end] == keys[begin]) ++end;
    PageMachine machine{.name = machine_name(input_.results[begin]), .results = {}, .groups = {}};
    if (const std::size_t number = ++names[machine.name]; number > 1)
      machine.name += fmt::format(" (another, {})", number);
    machine.results = std::span(input_.results).subspan(begin, end - begin);
    machines_.push_back(std::move(machine));
    begin = end;
  }
}

void PageModel::name_rows(const PageGroup& group) {
  std::map<std::string, std::vector<const Result*>> namesakes;
  const bool with_padding = paddings_differ(group.rows);
  for (const Result* row : group.rows) namesakes[target_name(*row, with_padding)].push_back(row);
  for (const auto& [name, rows] : namesakes) {
    const auto more = distinctions(rows);
    std::map<std::string, std::size_t> taken;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::string full = more[i].empty() ? name : fmt::format("{} ({})", name, more[i]);
      if (const std::size_t number = ++taken[full]; number > 1) full += fmt::format(" #{}", number);
      names_[index_of(*rows[i])] = std::move(full);
    }
  }
}

bool PageModel::is_to_deploy(const Result& row) const {
  return std::ranges::any_of(machines_, [&](const PageMachine& machine) {
    return std::ranges::any_of(machine.groups,
                               [&](const PageGroup& group) { return group.answer.best == &row; });
  });
}

std::string PageModel::heading_of(const PageGroup& group, const Result& row) const {
  std::string mark;
  if (group.answer.best == &row) mark = " <span class=best>deploy</span>";
  if (!parity_holds(row).value_or(true)) mark = " <a class=wrong href=\"#parity\">parity fails</a>";
  if (row.status != Status::Ok) mark = fmt::format(" <span class=wrong>{}</span>", to_string(row.status));
  return fmt::format("<th scope=row>{}{}</th>", as_html(name_of(row)), mark);
}

}  // namespace medbench
