#include "data/tokenizer_files.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/foreign_format.hpp"
#include "data/large_json.hpp"
#include "data/tokenizer_config.hpp"

namespace medbench {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxVocabularyBytes = std::size_t{64} << 20;

// What either file gives.
struct Parts {
  Vocabulary vocabulary;
  WordPieceOptions options;
  std::vector<AddedToken> added;
  std::optional<std::string> unknown;
};

std::string read_own_text(const fs::path& path) {
  std::string text = read_text_file(path, kMaxVocabularyBytes);
  refuse_foreign_format(text, path.string());
  return text;
}

template <class T>
std::optional<T> find_value(const LargeJson& object, const char* key, const std::string& origin) {
  const auto it = object.find(key);
  if (it == object.end() || it->is_null()) return std::nullopt;
  const bool fits = std::is_same_v<T, bool>          ? it->is_boolean()
                    : std::is_same_v<T, std::string> ? it->is_string()
                                                     : it->is_number_integer();
  if (!fits) throw usage_error("{}: \"{}\" has the wrong type", origin, key);
  return it->get<T>();
}

// The object below `key`; it must be one and say that it is of the wanted type.
const LargeJson& typed_part(const LargeJson& json, const char* key, std::string_view type,
                            const std::string& origin) {
  const auto it = json.find(key);
  const std::string where = fmt::format("{}: \"{}\"", origin, key);
  const std::string found = it != json.end() && it->is_object()
                                ? find_value<std::string>(*it, "type", where).value_or("nothing")
                                : "nothing";
  if (found != type)
    throw unsupported_error("{}: medbench reads BERT WordPiece tokenizers only: \"{}\" is {}, not {}", origin,
                            key, printable(found, 40), type);
  return *it;
}

void read_vocabulary(const LargeJson& model, const std::string& origin, Vocabulary& vocabulary) {
  const auto vocab = model.find("vocab");
  if (vocab == model.end() || !vocab->is_object() || vocab->empty())
    throw usage_error("{}: \"model\": \"vocab\" must be an object with at least one token", origin);
  for (const auto& [token, id] : vocab->items()) {
    if (!id.is_number_integer())
      throw usage_error("{}: the id of token \"{}\" is no integer", origin, printable(token, 60));
    vocabulary.add(token, id.get<std::int64_t>(), origin);
  }
}

bool has_added(const std::vector<AddedToken>& added, const std::string& content) {
  return std::ranges::any_of(added, [&](const AddedToken& token) { return token.content == content; });
}

// The library keeps the first of two with one content, and numbers what is not in the vocabulary itself,
// behind it and what was added before, whatever the file says.
void add_token(AddedToken token, Parts& parts) {
  if (token.content.empty() || has_added(parts.added, token.content)) return;
  const auto known = parts.vocabulary.find(token.content);
  token.id = known.value_or(static_cast<std::int64_t>(parts.vocabulary.size()));
  if (!known) {
    for (const AddedToken& other : parts.added) token.id = std::max(token.id, other.id + 1);
  }
  parts.added.push_back(std::move(token));
}

void read_added(const LargeJson& json, const std::string& origin, Parts& parts) {
  const auto rows = json.find("added_tokens");
  if (rows == json.end() || rows->is_null()) return;
  if (!rows->is_array()) throw usage_error("{}: \"added_tokens\" must be an array", origin);
  const std::string where = origin + ": \"added_tokens\"";
  for (const LargeJson& row : *rows) add_token(read_added_token(Json(row), std::nullopt, true, where), parts);
}

// BERT's template is [CLS] text [SEP]; another one would give other ids.
void check_post_processor(const LargeJson& json, const std::string& origin) {
  const auto it = json.find("post_processor");
  if (it == json.end() || !it->is_object()) return;  // transformers adds BERT's own then
  const std::string type = find_value<std::string>(*it, "type", origin).value_or("nothing");
  if (type == "BertProcessing") return;
  const LargeJson single = it->value("single", LargeJson::array());
  const bool is_bert = type == "TemplateProcessing" && single.is_array() && single.size() == 3 &&
                       single[0].is_object() && single[0].contains("SpecialToken") && single[1].is_object() &&
                       single[1].contains("Sequence") && single[2].is_object() &&
                       single[2].contains("SpecialToken");
  if (!is_bert)
    throw unsupported_error("{}: the post_processor is not BERT's template [CLS] text [SEP]", origin);
}

Parts read_tokenizer_json(const fs::path& path) {
  const std::string origin = path.string();
  const LargeJson json = parse_large_json(read_own_text(path), origin);
  if (!json.is_object()) throw usage_error("{}: expected an object", origin);
  const LargeJson& model = typed_part(json, "model", "WordPiece", origin);
  const LargeJson& normalizer = typed_part(json, "normalizer", "BertNormalizer", origin);
  typed_part(json, "pre_tokenizer", "BertPreTokenizer", origin);
  check_post_processor(json, origin);

  Parts parts;
  read_vocabulary(model, origin, parts.vocabulary);
  BertNormalization& normalization = parts.options.normalization;
  normalization.clean_text = find_value<bool>(normalizer, "clean_text", origin).value_or(true);
  normalization.handle_chinese_chars =
      find_value<bool>(normalizer, "handle_chinese_chars", origin).value_or(true);
  normalization.strip_accents = find_value<bool>(normalizer, "strip_accents", origin);
  normalization.lowercase = find_value<bool>(normalizer, "lowercase", origin).value_or(true);
  parts.options.continuing_prefix =
      find_value<std::string>(model, "continuing_subword_prefix", origin).value_or("##");
  const auto longest = find_value<std::int64_t>(model, "max_input_chars_per_word", origin).value_or(100);
  if (longest < 1 || longest > 10'000)
    throw usage_error("{}: max_input_chars_per_word must be from 1 to 10000, found {}", origin, longest);
  parts.options.max_characters_per_word = static_cast<std::size_t>(longest);
  parts.unknown = find_value<std::string>(model, "unk_token", origin);
  read_added(json, origin, parts);
  return parts;
}

std::int64_t special_id(const Parts& parts, const std::string& name, const std::string& origin) {
  for (const AddedToken& token : parts.added)
    if (token.content == name) return token.id;
  if (const auto id = parts.vocabulary.find(name)) return *id;
  throw usage_error("{}: the special token \"{}\" is not in the vocabulary", origin, printable(name, 60));
}

void apply_config(const TokenizerConfig& config, Parts& parts) {
  BertNormalization& normalization = parts.options.normalization;
  normalization.lowercase = config.lowercase.value_or(normalization.lowercase);
  normalization.handle_chinese_chars =
      config.handle_chinese_chars.value_or(normalization.handle_chinese_chars);
  if (config.strip_accents) normalization.strip_accents = config.strip_accents;
  for (const AddedToken& token : config.added) add_token(token, parts);
  // The special tokens are found in the text even where no file lists them as added.
  for (const std::string& name : config.names) {
    if (parts.vocabulary.find(name)) add_token({.content = name}, parts);
  }
}

}  // namespace

BertTokenizer load_tokenizer(const fs::path& folder) {
  const fs::path json_path = folder / "tokenizer.json";
  const fs::path vocab_path = folder / "vocab.txt";
  const bool has_json = may_exist(json_path);
  if (!has_json && !may_exist(vocab_path))
    throw usage_error("{}: no tokenizer here: looked for tokenizer.json and vocab.txt", folder.string());
  const TokenizerConfig config = read_tokenizer_config(folder);
  const std::string origin = (has_json ? json_path : vocab_path).string();
  Parts parts;
  if (has_json) {
    parts = read_tokenizer_json(json_path);
  } else {
    parts.vocabulary = Vocabulary::from_lines(read_own_text(vocab_path), origin);
  }
  apply_config(config, parts);
  std::vector<std::string> notes;
  if (const auto word = has_json || config.lowercase ? std::nullopt : parts.vocabulary.find_capitalized())
    notes.push_back(fmt::format(
        "{}: texts are put into lower case, as transformers does where no tokenizer_config.json says "
        "otherwise, but the vocabulary has capitals, such as \"{}\"; to keep them, put a "
        "tokenizer_config.json with {{\"do_lower_case\": false}} beside it",
        origin, printable(*word, 60)));
  const SpecialIds special = {
      .unknown = special_id(parts, parts.unknown.value_or(config.name(SpecialToken::Unknown)), origin),
      .start = special_id(parts, config.name(SpecialToken::Start), origin),
      .separator = special_id(parts, config.name(SpecialToken::Separator), origin),
      .padding = special_id(parts, config.name(SpecialToken::Padding), origin),
  };
  return {std::move(parts.vocabulary), special, std::move(parts.options), parts.added, std::move(notes)};
}

}  // namespace medbench
