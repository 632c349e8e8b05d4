#include "data/large_json.hpp"

#include <string>
#include <unordered_set>
#include <vector>

#include "base/error.hpp"

namespace medbench {

LargeJson parse_large_json(std::string_view text, std::string_view origin) {
  constexpr int kMaxDepth = 100;
  using Event = LargeJson::parse_event_t;
  std::vector<std::unordered_set<std::string>> keys;  // of the open objects
  const auto check = [&](int depth, Event event, const LargeJson& parsed) {
    if (depth > kMaxDepth) throw usage_error("{}: nested deeper than {} levels", origin, kMaxDepth);
    if (event == Event::object_start) {
      keys.emplace_back();
    } else if (event == Event::object_end) {
      keys.pop_back();
    } else if (event == Event::key) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!keys.back().insert(key).second)
        throw usage_error("{}: key \"{}\" appears twice", origin, printable(key, 60));
    }
    return true;
  };
  try {
    return LargeJson::parse(text, check);
  } catch (const LargeJson::exception& error) {
    // Without the parser's own identifier, "[json.exception.parse_error.101] ".
    const std::string_view what = error.what();
    const auto end = what.find("] ");
    throw usage_error("{}: not valid JSON: {}", origin,
                      printable(end == std::string_view::npos ? what : what.substr(end + 2), 200));
  }
}

}  // namespace medbench
