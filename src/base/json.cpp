#include "base/json.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/foreign_format.hpp"
#include "base/strict_json.hpp"

template class nlohmann::basic_json<nlohmann::ordered_map>;

namespace medbench {

namespace {

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

std::string quote_python_numbers(std::string_view text) {
  std::string quoted;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t taken = 1;
    if (in_string && text[i] == '\\') {
      taken = std::min<std::size_t>(2, text.size() - i);
    } else if (text[i] == '"') {
      in_string = !in_string;
    } else if (!in_string) {
      for (const std::string_view number : {"NaN", "Infinity", "-Infinity"}) {
        if (text.substr(i).starts_with(number)) taken = number.size();
      }
    }
    const std::string_view part = text.substr(i, taken);
    const bool is_number = !in_string && taken > 2;
    quoted.append(is_number ? "\"" : "").append(part).append(is_number ? "\"" : "");
    i += taken;
  }
  return quoted;
}

Json parse_json(std::string_view text, std::string_view origin, JsonDialect dialect) {
  return parse_strict_json<Json>(text, origin, dialect);
}

Json read_json_file(const std::filesystem::path& path, std::size_t max_bytes, JsonDialect dialect) {
  const std::string text = read_text_file(path, max_bytes);
  refuse_foreign_format(text, path.string());
  return parse_json(text, path.string(), dialect);
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
