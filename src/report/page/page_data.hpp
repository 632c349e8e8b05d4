// The results of a page as JSON, for programs that read it.
#pragma once

#include <string>

#include "report/page/model.hpp"

namespace medbench {

// A list with the columns of the summaries that a row has, its machine, file and command, and "samples_ms" to
// six digits. Safe inside a <script> element.
std::string page_data(const PageModel& model);

}  // namespace medbench
