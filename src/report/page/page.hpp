// One file of HTML that shows results to people: the answer first, then pictures with the numbers behind
// them, then what to trust. It holds all that it needs and may load nothing; every text from a result is
// data. Without scripts all of it is there but sorting, filtering and copying.
#pragma once

#include <string>
#include <string_view>

#include "report/page/page_input.hpp"

namespace medbench {

// The same bytes for the same input.
std::string render_page(PageInput input);

// What begins each page, by which one is told from other files.
inline constexpr std::string_view kPageBegin =
    "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n<meta name=generator content=\"medbench";

}  // namespace medbench
