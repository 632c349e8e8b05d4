// The answers in words, at the top of the page.
#pragma once

#include <string>

#include "report/page/model.hpp"

namespace medbench {

// What to deploy for each model and shape of each machine, by how much, against whom, and what it costs.
std::string render_answers(const PageModel& model);

// The same work on several machines side by side, with a warning that machines differ. Empty where no work
// was done on two.
std::string render_between_machines(const PageModel& model);

}  // namespace medbench
