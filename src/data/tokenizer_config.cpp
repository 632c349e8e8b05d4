#include "data/tokenizer_config.hpp"

#include <charconv>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/json.hpp"

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
  Json json = read_json_file(path, kMaxConfigBytes);
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

std::vector<AddedToken> read_added_tokens(const Json& json, const std::string& origin) {
  std::vector<AddedToken> added;
  const auto decoder = json.find("added_tokens_decoder");
  if (decoder == json.end() || decoder->is_null()) return added;
  if (!decoder->is_object()) throw usage_error("{}: \"added_tokens_decoder\" must be an object", origin);
  for (const auto& [key, token] : decoder->items()) {
    const std::string where = fmt::format("{}: \"added_tokens_decoder\": \"{}\"", origin, printable(key, 20));
    AddedToken& row = added.emplace_back();
    const auto [end, code] = std::from_chars(key.data(), key.data() + key.size(), row.id);
    if (code != std::errc() || end != key.data() + key.size() || row.id < 0)
      throw usage_error("{}: the key is no token id", where);
    row.content = get_string(token, "content", where);
    row.normalized = find_bool(token, "normalized", where).value_or(false);
  }
  return added;
}

}  // namespace

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
  config.added = read_added_tokens(json, origin);
  return config;
}

}  // namespace medbench
