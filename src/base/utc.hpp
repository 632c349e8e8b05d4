// Points in time as text.
#pragma once

#include <ctime>
#include <string>

namespace medbench {

// ISO 8601 in UTC, to the second: "2026-01-31T23:59:59Z".
std::string utc_timestamp(std::time_t time);
std::string utc_now();
// The same without punctuation, for names of files: "20260131T235959Z".
std::string file_stamp();

}  // namespace medbench
