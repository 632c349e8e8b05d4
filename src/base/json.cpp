#include "base/json.hpp"

#include <cmath>
#include <limits>
#include <set>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"

namespace medbench {

namespace {

constexpr int kMaxDepth = 100;

// Refuses what the parser alone lets through: an object with one key twice, and nesting that would exhaust
// the stack.
class StrictCallback {
 public:
  explicit StrictCallback(std::string_view origin) : origin_(origin) {}

  bool operator()(int depth, Json::parse_event_t event, const Json& parsed) {
    if (depth > kMaxDepth) throw usage_error("{}: nested deeper than {} levels", origin_, kMaxDepth);
    if (event == Json::parse_event_t::object_start) {
      keys_.emplace_back();
    } else if (event == Json::parse_event_t::object_end) {
      keys_.pop_back();
    } else if (event == Json::parse_event_t::key) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!keys_.back().insert(key).second)
        throw usage_error("{}: key \"{}\" appears twice", origin_, printable(key));
    }
    return true;
  }

 private:
  std::string_view origin_;
  std::vector<std::set<std::string, std::less<>>> keys_;
};

const Json* find(const Json& object, std::string_view key, std::string_view origin) {
  if (!object.is_object()) throw usage_error("{}: expected an object", origin);
  const auto it = object.find(std::string(key));
  return it == object.end() || it->is_null() ? nullptr : &*it;
}

Error wrong_type(std::string_view origin, std::string_view key, std::string_view wanted, const Json& found) {
  return usage_error("{}: \"{}\" must be {}, found {}", origin, key, wanted, printable(dump_line(found), 60));
}

template <class T>
T required(std::optional<T> value, std::string_view key, std::string_view origin) {
  if (!value) throw usage_error("{}: \"{}\" is missing", origin, key);
  return *std::move(value);
}

}  // namespace

Json parse_json(std::string_view text, std::string_view origin) {
  try {
    return Json::parse(text, StrictCallback(origin));
  } catch (const Json::exception& error) {
    // "[json.exception.parse_error.101] parse error at line 1, column 2: ...": the identifier says nothing to
    // a user.
    std::string_view what = error.what();
    if (const auto end = what.find("] "); what.starts_with('[') && end != std::string_view::npos)
      what.remove_prefix(end + 2);
    throw usage_error("{}: not valid JSON: {}", origin, printable(what, 300));
  }
}

Json read_json_file(const std::filesystem::path& path, std::size_t max_bytes) {
  return parse_json(read_text_file(path, max_bytes), path.string());
}

std::optional<std::string> find_string(const Json& object, std::string_view key, std::string_view origin) {
  const Json* value = find(object, key, origin);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) throw wrong_type(origin, key, "a string", *value);
  return value->get<std::string>();
}

std::optional<std::int64_t> find_int(const Json& object, std::string_view key, std::string_view origin) {
  const Json* value = find(object, key, origin);
  if (value == nullptr) return std::nullopt;
  const bool fits = value->is_number_integer() &&
                    (!value->is_number_unsigned() ||
                     value->get<std::uint64_t>() <= std::uint64_t{std::numeric_limits<std::int64_t>::max()});
  if (!fits) throw wrong_type(origin, key, "an integer", *value);
  return value->get<std::int64_t>();
}

std::optional<double> find_number(const Json& object, std::string_view key, std::string_view origin) {
  const Json* value = find(object, key, origin);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number() || !std::isfinite(value->get<double>()))
    throw wrong_type(origin, key, "a number", *value);
  return value->get<double>();
}

std::optional<bool> find_bool(const Json& object, std::string_view key, std::string_view origin) {
  const Json* value = find(object, key, origin);
  if (value == nullptr) return std::nullopt;
  if (!value->is_boolean()) throw wrong_type(origin, key, "true or false", *value);
  return value->get<bool>();
}

std::string get_string(const Json& object, std::string_view key, std::string_view origin) {
  return required(find_string(object, key, origin), key, origin);
}

std::int64_t get_int(const Json& object, std::string_view key, std::string_view origin) {
  return required(find_int(object, key, origin), key, origin);
}

double get_number(const Json& object, std::string_view key, std::string_view origin) {
  return required(find_number(object, key, origin), key, origin);
}

std::string dump_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string dump_pretty(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace medbench
