#include "data/evaluation_rows.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "data/table.hpp"
#include "data/text_content.hpp"

namespace medbench {

namespace {

constexpr const char* kText = "text";
constexpr const char* kFirst = "sentence1";
constexpr const char* kSecond = "sentence2";
constexpr const char* kLabel = "label";
constexpr std::array kWordNames{"tokens", "words"};
constexpr std::array kTagNames{"tags", "ner_tags", "labels"};

// The first name that is there, else the first of all, of which will be said that it is missing.
template <class Names, class Has>
const char* choose(const Names& names, const Has& has) {
  const auto* found = std::ranges::find_if(names, has);
  return found == names.end() ? names.front() : *found;
}

std::vector<std::string> split_at_blanks(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\v\f";
  std::vector<std::string> words;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
    if (text.empty()) return words;
    const std::size_t end = std::min(text.find_first_of(kBlanks), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

// A label may be a number.
std::string take_label(LargeJson& value, std::string_view key, const std::string& where) {
  if (value.is_number_integer()) return value.dump();
  if (value.is_string()) return std::move(value.get_ref<std::string&>());
  throw usage_error("{}: \"{}\" must hold a string or an integer, found {}", where, key, value.type_name());
}

LargeJson& take_list(LargeJson& json, const char* key, const std::string& where) {
  const auto value = json.find(key);
  if (value == json.end())
    throw usage_error("{}: no key \"{}\"; the object has: {}", where, key, list_of(keys_of(json, where)));
  if (!value->is_array())
    throw usage_error("{}: \"{}\" must be a list, found {}", where, key, value->type_name());
  return *value;
}

}  // namespace

class EvaluationRows::Source {
 public:
  explicit Source(EvaluationKind kind) : is_words_(kind == EvaluationKind::Words) {}
  virtual ~Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  // All but the number.
  virtual bool next(EvaluationRow& row, const std::string& origin) = 0;
  [[nodiscard]] virtual std::size_t bytes_left() const = 0;

 protected:
  [[nodiscard]] bool is_words() const { return is_words_; }

 private:
  bool is_words_;
};

class EvaluationRows::TableSource final : public Source {
 public:
  TableSource(std::string_view content, EvaluationKind kind, std::string_view separators,
              const std::string& origin)
      : Source(kind), table_(content, separators, is_words() ? kWordNames.front() : kLabel, origin) {
    const auto has = [&](const char* name) { return table_.has_column(name); };
    is_pair_ = !is_words() && !has(kText) && has(kFirst);
    first_ = table_.column(is_words() ? choose(kWordNames, has) : is_pair_ ? kFirst : kText);
    if (is_pair_) second_ = table_.column(kSecond);
    label_ = table_.column(is_words() ? choose(kTagNames, has) : kLabel);
  }

  bool next(EvaluationRow& row, const std::string& /*origin*/) override {
    if (!table_.next(fields_)) return false;
    row.line = table_.line();
    row.is_pair = is_pair_;
    if (is_words()) {
      row.words = split_at_blanks(fields_[first_]);
      row.labels = split_at_blanks(fields_[label_]);
      return true;
    }
    row.text = std::move(fields_[first_]);
    if (is_pair_) row.second = std::move(fields_[second_]);
    row.labels.assign(1, std::move(fields_[label_]));
    return true;
  }
  [[nodiscard]] std::size_t bytes_left() const override { return table_.bytes_left(); }

 private:
  Table table_;
  bool is_pair_ = false;
  std::size_t first_ = 0;
  std::size_t second_ = 0;
  std::size_t label_ = 0;
  std::vector<std::string> fields_;
};

class EvaluationRows::JsonSource final : public Source {
 public:
  JsonSource(std::string_view content, EvaluationKind kind) : Source(kind), lines_(content) {}

  bool next(EvaluationRow& row, const std::string& origin) override {
    std::string_view line;
    if (!lines_.next(line)) return false;
    row.line = lines_.number();
    const std::string where = fmt::format("{}: line {}", origin, row.line);
    LargeJson json = parse_large_json(line, where);
    const auto has = [&](const char* name) { return json.is_object() && json.contains(name); };
    if (is_words()) {
      take_words(row, json, where);
      return true;
    }
    row.is_pair = !has(kText) && has(kFirst);
    row.text = take_string(json, row.is_pair ? kFirst : kText, where);
    if (row.is_pair) row.second = take_string(json, kSecond, where);
    row.labels.clear();
    if (const auto label = json.find(kLabel); label != json.end() && !label->is_null())
      row.labels.push_back(take_label(*label, kLabel, where));
    return true;
  }
  [[nodiscard]] std::size_t bytes_left() const override { return lines_.bytes_left(); }

 private:
  static void take_words(EvaluationRow& row, LargeJson& json, const std::string& where) {
    const auto has = [&](const char* name) { return json.is_object() && json.contains(name); };
    const char* const words = choose(kWordNames, has);
    row.words.clear();
    for (LargeJson& word : take_list(json, words, where)) {
      if (!word.is_string())
        throw usage_error("{}: \"{}\" must hold strings, found {}", where, words, word.type_name());
      row.words.push_back(std::move(word.get_ref<std::string&>()));
    }
    const char* const tags = choose(kTagNames, has);
    row.labels.clear();
    for (LargeJson& tag : take_list(json, tags, where)) row.labels.push_back(take_label(tag, tags, where));
  }

  Lines lines_;
};

EvaluationRows::EvaluationRows(const std::filesystem::path& path, EvaluationKind kind)
    : origin_(path.string()), kind_(kind), text_(path) {
  const std::string_view content = text_.content();
  const std::string_view separators = separators_of(text_.extension());
  if (holds_json_lines(text_.extension(), content)) {
    source_ = std::make_unique<JsonSource>(content, kind);
  } else if (text_.extension() == ".json") {
    throw usage_error("{}: not JSON objects, one a line, which a file of labelled texts holds", origin_);
  } else {
    source_ = std::make_unique<TableSource>(content, kind, separators.empty() ? kOtherSeparators : separators,
                                            origin_);
  }
}

EvaluationRows::~EvaluationRows() = default;

bool EvaluationRows::next(EvaluationRow& row) {
  if (!source_->next(row, origin_)) return false;
  row.number = ++count_;
  if (kind_ == EvaluationKind::Words && row.words.size() != row.labels.size()) {
    throw usage_error("{}: {} words and {} tags; each word has one", where(row), row.words.size(),
                      row.labels.size());
  }
  if ((kind_ == EvaluationKind::Texts && row.labels.empty()) || std::ranges::any_of(row.labels, is_blank))
    throw usage_error("{}: no label; label it or take the row out", where(row));
  return true;
}

double EvaluationRows::fraction() const {
  const std::size_t size = text_.content().size();
  return 1 - static_cast<double>(source_->bytes_left()) / static_cast<double>(size);
}

std::string EvaluationRows::where(const EvaluationRow& row) const {
  return fmt::format("{}: row {} (line {})", origin_, row.number, row.line);
}

}  // namespace medbench
