// The page of a report as a file.
#pragma once

#include <filesystem>

#include "report/page/page_input.hpp"

namespace medbench {

// Beside the summaries.
inline std::filesystem::path page_in(const std::filesystem::path& folder) {
  return folder / "report.html";
}

// Before anything is measured or read. Makes the folder. Throws Usage where the file cannot be written, or is
// there and no page of medbench.
void check_page_file(const std::filesystem::path& file);

// Throws Environment; what was there before survives a failure.
void write_page(const std::filesystem::path& file, PageInput input);

}  // namespace medbench
