#include "worker/batches_ahead.hpp"

#include <gtest/gtest.h>

#include "tests/support/axes.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

std::vector<ir::InputSpec> inputs() {
  return {{.name = "input_ids",
           .dtype = DType::I64,
           .shape = {ir::kBatch, ir::kSeq},
           .role = ir::Role::Ids,
           .domain = {0, 300}}};
}

class BatchesAheadTest : public ::testing::Test {
 protected:
  // Rows whose labels are those of `last` but for the last one.
  [[nodiscard]] EvaluationBatches batches(std::size_t rows, const char* last) const {
    std::string content = "text,label\n";
    for (std::size_t i = 1; i < rows; ++i) content += "no fever,1\n";
    const ir::OutputSpec output{
        .name = "output", .class_axis = 1, .kind = ir::OutputKind::Logits, .labels = {"A", "B"}};
    return {folder_.write("a.csv", content + "fever," + last + "\n"), inputs(), output,
            testing::source_folder() / "tests" / "evaluation" / "texts_model", testing::batch_seq(4, 8)};
  }

 private:
  testing::TemporaryFolder folder_;
};

TEST_F(BatchesAheadTest, GivesAllBatchesInTheirOrder) {
  EvaluationBatches source = batches(401, "0");
  BatchesAhead ahead(source);
  std::uint64_t row = 0;
  while (const auto batch = ahead.next()) {
    for (const JudgedText& text : batch->texts) EXPECT_EQ(text.row, ++row);
  }
  EXPECT_EQ(row, 401U);
  EXPECT_FALSE(ahead.next());
}

TEST_F(BatchesAheadTest, TellsWhatWentWrongAfterTheBatchesBeforeIt) {
  EvaluationBatches source = batches(9, "C");
  BatchesAhead ahead(source);
  EXPECT_TRUE(ahead.next());
  EXPECT_TRUE(ahead.next());
  testing::expect_error(ErrorKind::Usage, "row 9 (line 10): the label \"C\"", [&] { ahead.next(); });
}

TEST_F(BatchesAheadTest, EndsWhereNobodyAsksAnyMore) {
  EvaluationBatches source = batches(1000, "0");
  BatchesAhead ahead(source);
  EXPECT_TRUE(ahead.next());
}

}  // namespace
}  // namespace medbench
