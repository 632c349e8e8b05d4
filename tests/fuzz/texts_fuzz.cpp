// Files of texts: the first byte says of which kind, the others are the file.
#include <array>

#include "data/csv.hpp"
#include "data/evaluation_rows.hpp"
#include "data/text_file.hpp"
#include "tests/fuzz/fuzzing.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace medbench;
  if (size == 0) return 0;
  static const testing::TemporaryFolder folder;
  constexpr std::array kNames{"t.csv", "t.tsv", "t.jsonl", "t.json", "t.txt"};
  const std::string_view content = testing::text_of(data + 1, size - 1);
  const auto path = folder.write(kNames.at(*data % kNames.size()), content);
  testing::attempt([&] { read_texts(path, *data % 2 == 0 ? "text" : ""); });
  for (const EvaluationKind kind : {EvaluationKind::Texts, EvaluationKind::Words}) {
    testing::attempt([&] {
      EvaluationRows rows(path, kind);
      EvaluationRow row;
      while (rows.next(row)) {
      }
    });
  }
  testing::attempt([&] {
    CsvReader reader(content, *data % 2 == 0 ? ',' : '\t', "csv");
    std::vector<std::string> fields;
    while (reader.next(fields)) {
    }
  });
  return 0;
}
