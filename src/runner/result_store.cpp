#include "runner/result_store.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/utc.hpp"

namespace medbench {

namespace {

constexpr std::size_t kLongestPart = 64;  // of the 255 bytes that a file name may have

// "2026-01-31T23:59:59Z", with or without a fraction, becomes "20260131T235959Z". Another text is not
// trusted: now.
std::string compact_utc(const std::string& started_at) {
  const auto compact = [](std::string text) {
    const std::size_t fraction = text.find('.');
    if (fraction != std::string::npos) text = text.substr(0, fraction) + "Z";
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
  };
  const std::string_view pattern = "ddddddddTddddddZ";
  const std::string text = compact(started_at);
  const bool matches = std::equal(text.begin(), text.end(), pattern.begin(), pattern.end(),
                                  [](char c, char p) { return p == 'd' ? c >= '0' && c <= '9' : c == p; });
  return matches ? text : compact(utc_now());
}

bool is_safe(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
         c == '_';
}

}  // namespace

std::string file_name_part(std::string_view name) {
  while (name.size() > 1 && name.ends_with('/')) name.remove_suffix(1);
  const auto slashes = std::count(name.begin(), name.end(), '/');
  const bool is_path = name.starts_with('/') || name.starts_with('.') || name.starts_with('~') || slashes > 1;
  if (is_path && slashes > 0) name.remove_prefix(name.rfind('/') + 1);
  std::string part(name.substr(0, kLongestPart));
  std::replace_if(
      part.begin(), part.end(), [](char c) { return !is_safe(c); }, '-');
  // Neither hidden, nor "..", nor mistaken for a flag.
  part.erase(0, std::min(part.find_first_not_of(".-"), part.size()));
  return part.empty() ? "unnamed" : part;
}

ResultStore::ResultStore(std::filesystem::path directory, std::string command)
    : directory_(std::move(directory)), command_(std::move(command)) {
  ensure_writable_directory(directory_);
}

std::filesystem::path ResultStore::save(const Result& result) const {
  const Job& job = result.job;
  const std::string name = fmt::format(
      "{}_{}_{}_{}_{}_{}_{}.json", file_name_part(command_), file_name_part(job.work.model.name),
      file_name_part(job.target.backend), id_part(job.work.axes), file_name_part(precision_label(job.target)),
      file_name_part(result.device), compact_utc(result.started_at));
  return write_new_file(directory_ / name, dump_pretty(to_json(result)) + "\n");
}

}  // namespace medbench
