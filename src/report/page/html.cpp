#include "report/page/html.hpp"

#include <fmt/format.h>

#include "base/error.hpp"

namespace medbench {

std::string as_html(std::string_view text, std::size_t limit) {
  std::string html;
  for (const char c : printable(text, limit)) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      case '\'':
        html += "&#39;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

std::string lines_as_html(std::string_view text, std::size_t limit) {
  std::string html;
  text = text.substr(0, limit);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    html += as_html(text.substr(begin, end - begin), limit) + "\n";
    begin = end + 1;
  }
  return html;
}

std::string json_for_script(std::string json) {
  std::string safe;
  safe.reserve(json.size());
  for (const char c : json) {
    switch (c) {
      case '<':
        safe += "\\u003c";
        break;
      case '>':
        safe += "\\u003e";
        break;
      case '&':
        safe += "\\u0026";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

std::string cell(std::string_view html, std::string_view name) {
  return name.empty() ? fmt::format("<td>{}</td>", html) : fmt::format("<td class={}>{}</td>", name, html);
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace medbench
