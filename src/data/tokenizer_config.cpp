#include "data/tokenizer_config.hpp"

#include <algorithm>
#include <charconv>

#include "base/error.hpp"
#include "base/file.hpp"

namespace medbench {

namespace {

namespace fs = std::filesystem;

struct SpecialRow {
  std::string_view key;
  std::string_view default_name;
};

constexpr std::array<SpecialRow, kSpecialTokens> kSpecialRows = {{{"unk_token", "[UNK]"},
                                                                  {"sep_token", "[SEP]"},
                                                                  {"pad_token", "[PAD]"},
                                                                  {"cls_token", "[CLS]"},
                                                                  {"mask_token", "[MASK]"}}};

constexpr std::size_t kMaxConfigBytes = std::size_t{16} << 20;

// An empty object when the file is absent.
Json read_optional(const fs::path& path) {
  if (!may_exist(path)) return Json::object();
  Json json = read_json_file(path, kMaxConfigBytes, JsonDialect::Python);
  if (!json.is_object()) throw usage_error("{}: expected an object", path.string());
  return json;
}

// A special token is a string or an object with the string as "content"; absent or null: nothing.
std::optional<std::string> token_name(const Json& json, std::string_view key, const std::string& origin) {
  const auto it = json.find(std::string(key));
  if (it != json.end() && it->is_object())
    return get_string(*it, "content", fmt::format("{}: \"{}\"", origin, key));
  return find_string(json, key, origin);
}

std::optional<std::int64_t> token_id(std::string_view key) {
  std::int64_t id = 0;
  const char* const last = key.data() + key.size();
  const auto [end, code] = std::from_chars(key.data(), last, id);
  return code == std::errc() && end == last ? std::optional(id) : std::nullopt;
}

std::vector<AddedToken> read_decoder(const Json& decoder, const std::string& origin) {
  if (!decoder.is_object()) throw usage_error("{}: \"added_tokens_decoder\" must be an object", origin);
  std::vector<AddedToken> added;
  for (const auto& [key, token] : decoder.items()) {
    const std::string where = fmt::format("{}: \"added_tokens_decoder\": \"{}\"", origin, printable(key, 20));
    added.push_back(read_added_token(token, key, false, where));
  }
  return added;
}

// The older file: contents and ids.
std::vector<AddedToken> read_added_file(const fs::path& path) {
  std::vector<AddedToken> added;
  const Json json = read_optional(path);
  for (const auto& [content, id] : json.items()) {
    if (!id.is_number_integer() || id.get<std::int64_t>() < 0)
      throw usage_error("{}: the id of token \"{}\" is none", path.string(), printable(content, 60));
    added.push_back({.content = content, .id = id.get<std::int64_t>(), .normalized = true});
  }
  return added;
}

std::vector<AddedToken> read_special(const Json& json, const std::string& origin) {
  constexpr const char* kKey = "additional_special_tokens";
  std::vector<AddedToken> added;
  const auto names = json.find(kKey);
  if (names == json.end() || names->is_null()) return added;
  if (!names->is_array()) throw usage_error("{}: \"{}\" must be an array", origin, kKey);
  for (const Json& name : *names)
    added.push_back(
        {.content = name.is_string() ? name.get<std::string>() : get_string(name, "content", origin)});
  return added;
}

std::vector<AddedToken> read_added_tokens(const Json& json, const Json& map, const fs::path& folder) {
  const std::string origin = (folder / "tokenizer_config.json").string();
  const auto decoder = json.find("added_tokens_decoder");
  std::vector<AddedToken> added = decoder != json.end() && !decoder->is_null()
                                      ? read_decoder(*decoder, origin)
                                      : read_added_file(folder / "added_tokens.json");
  std::ranges::stable_sort(added, {}, &AddedToken::id);
  for (const AddedToken& token : read_special(json, origin)) added.push_back(token);
  for (const AddedToken& token : read_special(map, (folder / "special_tokens_map.json").string()))
    added.push_back(token);
  return added;
}

}  // namespace

AddedToken read_added_token(const Json& row, std::optional<std::string_view> key, bool normalized,
                            const std::string& where) {
  if (!row.is_object()) throw usage_error("{}: every row must be an object", where);
  const auto content = find_string(row, "content", where);
  const auto id = key ? token_id(*key) : find_int(row, "id", where);
  if (!content || !id || *id < 0) throw usage_error("{}: a row lacks its content or a valid id", where);
  return {*content, *id, find_bool(row, "normalized", where).value_or(normalized),
          find_bool(row, "single_word", where).value_or(false)};
}

TokenizerConfig read_tokenizer_config(const fs::path& folder) {
  const fs::path config_path = folder / "tokenizer_config.json";
  const fs::path map_path = folder / "special_tokens_map.json";
  const Json json = read_optional(config_path);
  const Json map = read_optional(map_path);
  const std::string origin = config_path.string();

  TokenizerConfig config;
  config.lowercase = find_bool(json, "do_lower_case", origin);
  config.strip_accents = find_bool(json, "strip_accents", origin);
  config.handle_chinese_chars = find_bool(json, "tokenize_chinese_chars", origin);
  for (std::size_t i = 0; i < kSpecialTokens; ++i) {
    const auto& [key, default_name] = kSpecialRows.at(i);
    auto name = token_name(json, key, origin);
    if (!name) name = token_name(map, key, map_path.string());
    config.names.at(i) = name.value_or(std::string(default_name));
  }
  config.added = read_added_tokens(json, map, folder);
  return config;
}

}  // namespace medbench
