// JSON as medbench reads and writes it: errors name the file and the key, numbers are finite, duplicate keys
// are refused, unless a file comes from Python programs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

// Compiled once, in json.cpp.
extern template class nlohmann::basic_json<nlohmann::ordered_map>;

namespace medbench {

using Json = nlohmann::ordered_json;

// Whose files these are: our own, or what Python programs wrote and read.
enum class JsonDialect { Strict, Python };

// Python writes NaN, Infinity and -Infinity; here they are strings of that name, so that whoever reads such a
// key finds no number.
std::string quote_python_numbers(std::string_view text);

// Parses text; `origin` (a path or "worker event") starts the error message. Throws Usage.
Json parse_json(std::string_view text, std::string_view origin, JsonDialect dialect = JsonDialect::Strict);
// Reads and parses a file of at most `max_bytes`. Throws Usage (missing, not a file, too large, bad syntax,
// of another format).
Json read_json_file(const std::filesystem::path& path, std::size_t max_bytes = std::size_t{256} << 20,
                    JsonDialect dialect = JsonDialect::Strict);

// Typed look-ups with an error that names origin and key. `find_*` gives nothing when the key is absent or
// null and throws Usage when it holds another type; `get_*` also throws when it is absent.
std::optional<std::string> find_string(const Json& object, std::string_view key, std::string_view origin);
std::optional<std::int64_t> find_int(const Json& object, std::string_view key, std::string_view origin);
std::optional<double> find_number(const Json& object, std::string_view key, std::string_view origin);
std::optional<bool> find_bool(const Json& object, std::string_view key, std::string_view origin);
std::string get_string(const Json& object, std::string_view key, std::string_view origin);
std::int64_t get_int(const Json& object, std::string_view key, std::string_view origin);
double get_number(const Json& object, std::string_view key, std::string_view origin);

// One line, invalid UTF-8 replaced, NaN and infinity as null.
std::string dump_line(const Json& json);
std::string dump_pretty(const Json& json);

}  // namespace medbench
