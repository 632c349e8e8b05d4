#include "campaign/out_file.hpp"

#include <cerrno>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "base/error.hpp"
#include "base/file.hpp"

namespace medbench {

namespace {

bool holds_results(const std::filesystem::path& path) {
  try {
    const Json json = read_json_file(path);
    const Json results = json.is_array() ? json : Json::array({json});
    for (const Json& result : results) static_cast<void>(result_from_json(result));
    return !results.empty();
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace

OutFile::OutFile(std::filesystem::path path, std::size_t rows) : path_(std::move(path)), rows_(rows) {
  const std::string shown = printable(path_.string());
  std::error_code ignored;
  if (std::filesystem::is_directory(path_, ignored) || !path_.has_filename())
    throw usage_error("it is a folder; give the name of a file, or --output-dir").about(shown);
  const std::filesystem::path folder = path_.parent_path();
  ensure_writable_directory(folder.empty() ? "." : folder);
  if (!may_exist(path_)) return;
  if (!std::filesystem::is_regular_file(path_, ignored) || !holds_results(path_))
    throw usage_error("the file there holds no results of medbench; it is left alone").about(shown);
  if (::access(path_.c_str(), W_OK) != 0)
    throw usage_error("the file there cannot be written: {}", std::generic_category().message(errno))
        .about(shown);
}

void OutFile::write(std::span<const Result> results) const {
  Json json = Json::array();
  for (const Result& result : results) json.push_back(to_json(result));
  if (rows_ == 1 && json.size() == 1) json = Json(json.front());
  replace_file(path_, dump_pretty(json) + "\n");
}

}  // namespace medbench
