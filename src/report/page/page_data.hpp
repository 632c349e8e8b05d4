// The results of a page as JSON, for programs that read it.
#pragma once

#include <string>

#include "report/page/model.hpp"

namespace medbench {

// A table: the names of its columns, which are the row's name, its machine, the columns of the summaries, its
// file, command and packed samples; and the rows, null where one has no value. Safe inside a <script>
// element.
std::string page_data(const PageModel& model);

}  // namespace medbench
