// The parser behind every JSON text that medbench reads, for any of the library's classes.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"

namespace medbench {

// Refuses what the library alone lets through: an object with one key twice (of which Python's dialect takes
// the last), nesting that would exhaust the stack, and a zero byte with anything behind it, which the library
// takes for the end of the text. `origin` (a path or "worker event") starts the message. Throws Usage.
template <class AnyJson>
AnyJson parse_strict_json(std::string_view text, std::string_view origin, JsonDialect dialect) {
  constexpr int kMaxDepth = 100;
  using Event = typename AnyJson::parse_event_t;
  if (const auto zero = text.find('\0'); zero != std::string_view::npos)
    throw usage_error("{}: not valid JSON: byte {} is zero", origin, zero + 1);
  std::vector<std::unordered_set<std::string>> keys;  // of the open objects
  const auto check = [&](int depth, Event event, const AnyJson& parsed) {
    if (depth > kMaxDepth) throw usage_error("{}: nested deeper than {} levels", origin, kMaxDepth);
    if (event == Event::object_start) {
      keys.emplace_back();
    } else if (event == Event::object_end) {
      keys.pop_back();
    } else if (event == Event::key) {
      const auto& key = parsed.template get_ref<const std::string&>();
      if (!keys.back().insert(key).second && dialect == JsonDialect::Strict)
        throw usage_error("{}: key \"{}\" appears twice", origin, printable(key, 60));
    }
    return true;
  };
  try {
    return dialect == JsonDialect::Python ? AnyJson::parse(quote_python_numbers(text), check)
                                          : AnyJson::parse(text, check);
  } catch (const typename AnyJson::exception& error) {
    // "[json.exception.parse_error.101] parse error at line 1, column 2: ...": the identifier says nothing to
    // a user.
    std::string_view what = error.what();
    if (const auto end = what.find("] "); what.starts_with('[') && end != std::string_view::npos)
      what.remove_prefix(end + 2);
    throw usage_error("{}: not valid JSON: {}", origin, printable(what, 300));
  }
}

}  // namespace medbench
