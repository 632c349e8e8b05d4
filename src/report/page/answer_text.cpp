#include "report/page/answer_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "accuracy/parity_bounds.hpp"
#include "base/error.hpp"
#include "report/evaluation.hpp"
#include "report/fastest.hpp"
#include "report/page/answer_facts.hpp"
#include "report/page/html.hpp"
#include "report/page/parity_words.hpp"
#include "report/text_table.hpp"

namespace medbench {

namespace {

// "takes 1.728 times as long (95 %: 1.701 to 1.755, 5 processes)".
std::string evidence(const Rival& rival) {
  if (!rival.interval) return fmt::format("takes {:.2f} times as long (one process each)", rival.ratio);
  return fmt::format("takes {:.3f} times as long (95 %: {:.3f} to {:.3f}, {} {}){}", rival.ratio,
                     rival.interval->low, rival.interval->high, rival.n,
                     rival.by_playoff ? "pairs of a play-off" : "processes",
                     rival.standing == Standing::Same ? ", which is the same" : "");
}

std::string line_of(const PageModel& model, const Rival& rival) {
  return fmt::format("<li><b>{}</b> <span class=where>{}</span></li>", as_html(model.name_of(*rival.row)),
                     evidence(rival));
}

std::string untold_list(const PageModel& model, const std::vector<const Rival*>& untold) {
  constexpr std::size_t kMost = 4;
  const auto all = [&](Standing standing) {
    return std::ranges::all_of(untold, [&](const Rival* rival) { return rival->standing == standing; });
  };
  std::string html = fmt::format("<p class=tie>{}</p><ul>",
                                 all(Standing::Same) ? "As fast as" : "Cannot be told apart from");
  for (std::size_t i = 0; i < std::min(untold.size(), kMost); ++i) html += line_of(model, *untold[i]);
  if (untold.size() > kMost) html += fmt::format("<li>and {} more</li>", untold.size() - kMost);
  html += "</ul>";
  if (all(Standing::TooFew))
    html +=
        "<p class=where>Single processes cannot tell: measure with <code>--restarts 3</code> or a "
        "play-off.</p>";
  return html;
}

// By how much, against whom, or that it cannot be told.
std::string comparison(const PageModel& model, const Answer& answer) {
  const auto untold = answer.untold();
  const Rival* next = answer.next();
  std::string html;
  if (!untold.empty()) html += untold_list(model, untold);
  if (next != nullptr) {
    html += fmt::format("<p class=tie>{}</p><ul>{}</ul>", untold.empty() ? "The next" : "Then comes",
                        line_of(model, *next));
  }
  if (std::ranges::any_of(answer.rivals, &Rival::by_playoff)) {
    html +=
        "<p class=where>A play-off measures the nearest rows again, in turns of fresh processes: its ratios "
        "go "
        "before those of the tables.</p>";
  }
  return html.empty() ? "<p class=where>No other row may win.</p>" : html;
}

enum class Detail { None, Status, Wrong };

std::string detail_of(const Result& row, Detail detail) {
  if (detail == Detail::Status) return fmt::format(" ({})", to_string(row.status));
  if (detail == Detail::None) return {};
  std::string text = as_html(describe_failed_gates(row));
  const auto cosine = row.metrics.get("acc_cosine");
  if (cosine && !parity_holds(row).value_or(true)) {
    const ParityBound* bound = find_parity_bound(row.job.target.precision);
    text += fmt::format("{}cosine {:.6f}{}", text.empty() ? "" : "; ", *cosine,
                        bound == nullptr ? "" : fmt::format(", below {}", bound->least_cosine));
  }
  return text.empty() ? text : fmt::format(" ({})", text);
}

std::string names(const PageModel& model, const std::vector<const Result*>& rows, Detail detail) {
  constexpr std::size_t kMost = 6;
  std::string text;
  for (std::size_t i = 0; i < std::min(rows.size(), kMost); ++i)
    text += fmt::format("{}{}{}", i == 0 ? "" : ", ", as_html(model.name_of(*rows[i])),
                        detail_of(*rows[i], detail));
  return rows.size() > kMost ? text + fmt::format(" and {} more", rows.size() - kMost) : text;
}

bool is_synthetic(const Result& row) {
  return row.weights_source == "synthetic";
}

std::string kinds_of(const std::vector<Warning>& warnings) {
  std::string text;
  for (const Warning& warning : warnings) {
    std::string words = as_html(warning.kind);
    std::ranges::replace(words, '_', ' ');
    text += (text.empty() ? "" : ", ") + words;
  }
  return text;
}

std::string doubts(const PageModel& model, const PageMachine& machine, const PageGroup& group) {
  const Answer& answer = group.answer;
  std::string html;
  const auto add = [&](std::string_view what, const std::string& list) {
    if (!list.empty()) html += fmt::format("<p class=doubt>{}{}</p>", what, list);
  };
  add(answer.is_gated ? "Faster, but parity or a gate fails: " : "Faster, but parity fails: ",
      names(model, answer.faster_but_wrong, Detail::Wrong));
  html += render_remedies(model, machine, answer.faster_but_wrong);
  add("Not ok: ", names(model, answer.not_ok, Detail::Status));
  add("Stopped early: ", names(model, answer.stopped_early, Detail::None));
  if (answer.best == nullptr) return html;
  if (!answer.parity_checked) html += "<p class=doubt>Accuracy not checked.</p>";
  if (is_synthetic(*answer.best)) html += "<p class=doubt>Synthetic weights.</p>";
  if (is_disturbed(*answer.best)) html += "<p class=doubt>Other programs were busy beside it.</p>";
  if (!answer.best->warnings.empty()) {
    html += fmt::format("<p class=doubt><a href=\"#warnings\">{}</a> on the row to deploy: {}.</p>",
                        counted(answer.best->warnings.size(), "warning"), kinds_of(answer.best->warnings));
  }
  return html;
}

std::string command_text(const PageModel& model, const Result& row) {
  return fmt::format(
      "<details class=again><summary>Measure this row again</summary><code class=command>{}</code></details>",
      lines_as_html(model.origin_of(row).command));
}

std::string card(const PageModel& model, const PageMachine& machine, const PageGroup& group) {
  const Answer& answer = group.answer;
  std::string html = fmt::format("<article class=answer><h3>{}</h3>", as_html(group.title));
  if (answer.best == nullptr) {
    const std::string conditions = winning_conditions(answer.parity_checked, answer.is_gated);
    return html + fmt::format("<p class=none>Nothing to deploy: no row {}.</p>{}{}</article>\n",
                              conditions.empty() ? "is ok" : conditions,
                              render_remedies(model, machine, group.rows), doubts(model, machine, group));
  }
  const Result& best = *answer.best;
  html +=
      fmt::format("<p class=deploy>{}</p>{}<dl>", as_html(model.name_of(best)), comparison(model, answer));
  html += render_facts(best);
  return html + "</dl>" + doubts(model, machine, group) + command_text(model, best) + "</article>\n";
}

// Which target wins how often, where there are several works.
std::string overview(const PageMachine& machine) {
  std::map<std::string, std::size_t> wins;
  std::size_t with_best = 0;
  for (const PageGroup& group : machine.groups) {
    if (group.answer.best == nullptr) continue;
    ++with_best;
    const bool with_padding = paddings_differ(group.rows);
    ++wins[target_name(*group.answer.best, with_padding)];
    for (const Rival* rival : group.answer.untold()) ++wins[target_name(*rival->row, with_padding)];
  }
  if (with_best < 2) return {};
  const auto most = std::ranges::max_element(wins, {}, [](const auto& entry) { return entry.second; });
  return fmt::format(
      "<p class=overview><b>{}</b> is the row to deploy, or cannot be told apart from it, in {} of {} models "
      "and shapes.</p>\n",
      as_html(most->first), std::min(most->second, with_best), machine.groups.size());
}

// What the short words below the answers mean.
std::string common_doubts(const PageMachine& machine) {
  const auto any = [&](const auto& holds) {
    return std::ranges::any_of(machine.groups, [&](const PageGroup& group) {
      return group.answer.best != nullptr && holds(group.answer);
    });
  };
  std::string html;
  if (any([](const Answer& answer) { return !answer.parity_checked; })) {
    html +=
        "<p class=doubt>Where accuracy was not checked, a fast row may answer wrongly: measure with "
        "<code>--acc-check</code>.</p>\n";
  }
  if (any([](const Answer& answer) { return is_synthetic(*answer.best); }))
    html += "<p class=doubt>With synthetic weights latencies are right, and answers mean nothing.</p>\n";
  return html;
}

}  // namespace

std::string render_answers(const PageModel& model) {
  std::string html;
  for (const PageMachine& machine : model.machines()) {
    html += fmt::format("<h2 class=machine>On {}</h2>\n{}<div class=answers>", as_html(machine.name),
                        overview(machine) + common_doubts(machine));
    for (const PageGroup& group : machine.groups) html += card(model, machine, group);
    html += "</div>\n";
  }
  return html;
}

std::string render_between_machines(const PageModel& model) {
  struct Line {
    const PageMachine* machine;
    const PageGroup* group;
  };
  std::vector<std::vector<Line>> works;
  for (const PageMachine& machine : model.machines()) {
    for (const PageGroup& group : machine.groups) {
      const auto& any = *group.rows.front();
      const auto same = std::ranges::find_if(works, [&](const auto& lines) {
        const auto& other = *lines.front().group->rows.front();
        return are_comparable(other, any);
      });
      if (same == works.end()) {
        works.push_back({{&machine, &group}});
      } else {
        same->push_back({&machine, &group});
      }
    }
  }
  std::string rows;
  for (const auto& lines : works) {
    if (lines.size() < 2) continue;
    for (const Line& line : lines) {
      const Result* best = line.group->answer.best;
      rows += fmt::format("<tr><th scope=row>{}</th><td>{}</td><td>{}</td><td class=n>{}</td></tr>\n",
                          as_html(line.group->title), as_html(line.machine->name),
                          best == nullptr ? "–" : as_html(model.name_of(*best)),
                          best == nullptr ? "–" : format_number(median_ms_of(*best)));
    }
  }
  if (rows.empty()) return rows;
  return "<section id=between><h2>The same work on different machines</h2><p class=doubt>These rows come "
         "from different "
         "machines: what differs between them may be the hardware, the kernel, its settings or the day, and "
         "not the row "
         "alone. No test compares them.</p><div class=scroll><table><thead><tr><th scope=col>work</th><th "
         "scope=col>machine</th>"
         "<th scope=col>to deploy there</th><th scope=col class=n>p50 ms</th></tr></thead><tbody>\n" +
         rows + "</tbody></table></div></section>\n";
}

}  // namespace medbench
