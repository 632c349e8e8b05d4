// The style sheet and the script of a page, compiled in from page.css and page.js.
#pragma once

#include <string_view>

namespace medbench {

struct PageAsset {
  std::string_view text;
  std::string_view sha256;  // hexadecimal digits
};

PageAsset page_style();
PageAsset page_script();

}  // namespace medbench
