#include "medbench/page_file.hpp"

#include <fstream>
#include <string>
#include <system_error>
#include <utility>

#include "base/error.hpp"
#include "base/file.hpp"
#include "report/page/page.hpp"

namespace medbench {

namespace {

bool is_page(const std::filesystem::path& file) {
  std::string begin(kPageBegin.size(), '\0');
  std::ifstream stream(file, std::ios::binary);
  stream.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  return stream.good() && begin == kPageBegin;
}

}  // namespace

void check_page_file(const std::filesystem::path& file) {
  const std::string shown = printable(file.string());
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored) || !file.has_filename())
    throw usage_error("{}: it is a folder; give the name of a file, such as report.html", shown);
  ensure_writable_directory(file.has_parent_path() ? file.parent_path() : ".");
  if (may_exist(file) && !is_page(file))
    throw usage_error("{}: the file there is no page of medbench; it is left alone", shown);
}

void write_page(const std::filesystem::path& file, PageInput input) {
  replace_file(file, render_page(std::move(input)));
}

}  // namespace medbench
