// What a page shows, in its order: machines, on each the rows that did the same work, and their answers.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "report/page/answer.hpp"
#include "report/page/page_input.hpp"
#include "report/parity_advice.hpp"

namespace medbench {

// Rows that can be compared, of one machine, the fastest first, and then those without a median.
struct PageGroup {
  std::string title;  // "biobert, batch 4, seq 128"; not escaped
  std::vector<const Result*> rows;
  Answer answer;
};

struct PageMachine {
  std::string name;  // of no other machine on the page; not escaped
  std::span<const Result> results;
  std::vector<PageGroup> groups;
  std::vector<ParityRemedy> remedies{};
};

class PageModel {
 public:
  explicit PageModel(PageInput input);
  // Rows are pointed to.
  PageModel(const PageModel&) = delete;
  PageModel& operator=(const PageModel&) = delete;

  [[nodiscard]] const PageInput& input() const { return input_; }
  [[nodiscard]] std::span<const Result> results() const { return input_.results; }
  [[nodiscard]] std::span<const PageMachine> machines() const { return machines_; }

  [[nodiscard]] std::size_t index_of(const Result& row) const {
    return static_cast<std::size_t>(&row - input_.results.data());
  }
  [[nodiscard]] const RowOrigin& origin_of(const Result& row) const { return input_.origins[index_of(row)]; }
  // "torch cpu fp32", and what else tells it from the rows of the same work; not escaped.
  [[nodiscard]] const std::string& name_of(const Result& row) const { return names_[index_of(row)]; }
  [[nodiscard]] bool is_to_deploy(const Result& row) const;
  // The name as the cell that begins a row of a table, marked where it is the best of its work. HTML.
  [[nodiscard]] std::string heading_of(const PageGroup& group, const Result& row) const;

 private:
  void sort_by_machine();
  void name_rows(const PageGroup& group);

  PageInput input_;
  std::vector<PageMachine> machines_;
  std::vector<std::string> names_;
};

// "biobert, batch 4, seq 128", and the region where it is the host's, and texts, with their padding unless it
// differs among the rows of the title.
std::string title_of_work(const Result& row, bool with_padding = true);

}  // namespace medbench
