// Rows that a classifier is judged by: texts, or pairs of them, with a label each, or the words of a text
// with a tag each. The file, which gzip may have packed, is mapped and read row by row, so that it may be
// larger than the memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "data/opened_text.hpp"

namespace medbench {

enum class EvaluationKind {
  Texts,  // of sequence classification
  Words   // of token classification
};

struct EvaluationRow {
  std::string text;
  std::string second;  // of a pair
  bool is_pair = false;
  std::vector<std::string> words;
  std::vector<std::string> labels;  // one, or one a word; as written, not empty
  std::uint64_t number = 0;         // from 1, the header not counted
  std::size_t line = 0;             // where it begins, from 1
};

class EvaluationRows {
 public:
  // A table with a header row, or JSON, one object a line. Texts have the columns or keys `text`, or
  // `sentence1` and `sentence2`, and `label`; words have `tokens` (or `words`) and `tags` (or `ner_tags`,
  // `labels`): in JSON lists, in a table parted by blanks. Others are not read. Throws Usage: missing, no
  // regular file, empty, not text, not UTF-8, another syntax, a missing column.
  EvaluationRows(const std::filesystem::path& path, EvaluationKind kind);
  ~EvaluationRows();
  EvaluationRows(const EvaluationRows&) = delete;
  EvaluationRows& operator=(const EvaluationRows&) = delete;

  // False at the end. Throws Usage with the row and its line: bad syntax, a missing key, no label, words and
  // tags that differ in number.
  bool next(EvaluationRow& row);
  // The share of the file that has been read.
  [[nodiscard]] double fraction() const;
  // "FILE: row 3 (line 4)"
  [[nodiscard]] std::string where(const EvaluationRow& row) const;

 private:
  class Source;
  class TableSource;
  class JsonSource;

  std::string origin_;
  EvaluationKind kind_;
  OpenedText text_;
  std::unique_ptr<Source> source_;
  std::uint64_t count_ = 0;
};

}  // namespace medbench
