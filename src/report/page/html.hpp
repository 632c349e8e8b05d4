// Text that came from anywhere, as HTML shows it.
#pragma once

#include <string>
#include <string_view>

namespace medbench {

// For the content of an element and for a quoted attribute: what would be markup is not. Control characters
// are shown as escapes, invalid UTF-8 as U+FFFD, and what is longer than `limit` bytes ends in an ellipsis.
std::string as_html(std::string_view text, std::size_t limit = 2000);

// The same of a text of several lines, whose ends are kept.
std::string lines_as_html(std::string_view text, std::size_t limit = 20'000);

// JSON inside a <script> element: nothing in it ends the element.
std::string json_for_script(std::string json);

// "<td>text</td>", with a class where there is one. The text is HTML already.
std::string cell(std::string_view html, std::string_view name = {});
// "3 rows", "1 row".
std::string counted(std::size_t count, std::string_view noun);

}  // namespace medbench
