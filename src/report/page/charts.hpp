// The pictures of a page, each with the numbers behind it. All are drawn here, so that they are there without
// scripts, in print, and the same for the same results.
#pragma once

#include <string>

#include "report/page/tables.hpp"

namespace medbench {

PictureTable latency_table(const PageModel& model, const PageGroup& group);
PictureTable sample_table(const PageModel& model, const PageGroup& group);
PictureTable memory_table(const PageModel& model, const PageGroup& group);
PictureTable start_table(const PageModel& model, const PageGroup& group);
PictureTable peak_table(const PageModel& model, const PageGroup& group);
PictureTable energy_table(const PageModel& model, const PageGroup& group);

// Rates over batch sizes and over lengths, of each model and machine. Empty where nothing was swept.
std::string render_sweeps_chart(const PageModel& model);
// Accuracy over latency, of each work. Empty where no accuracy was asked for.
std::string render_accuracy_chart(const PageModel& model);

// All of them, in the order of the page.
std::string render_charts(const PageModel& model);

}  // namespace medbench
