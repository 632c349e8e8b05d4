// What of a page's numbers to trust: warnings, failures, machines, libraries, how often and how each row was
// measured.
#pragma once

#include <string>

#include "report/page/model.hpp"

namespace medbench {

// All results with the columns of the table on the screen.
std::string render_all_rows(const PageModel& model);
// Warnings and notes, each kind once with its advice and its rows.
std::string render_page_warnings(const PageModel& model);
// Rows that are not ok, with the last words of their workers, and rows whose parity fails with what to do.
std::string render_page_failures(const PageModel& model);
std::string render_page_machines(const PageModel& model);
std::string render_page_libraries(const PageModel& model);
// How many passes and processes, and the command that measures it again, of each row.
std::string render_page_commands(const PageModel& model);
// Files that are not on the page, and results that a newer one replaced.
std::string render_left_out(const PageModel& model);

}  // namespace medbench
