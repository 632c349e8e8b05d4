// The area under the receiver operating characteristic: how often a case of a class is scored above one that
// is not of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace medbench {

// `scored`: the score of each case, and whether it is of the class. Of equal scores half count (Mann and
// Whitney). Nothing where all are of it or none is.
std::optional<double> auroc(std::vector<std::pair<float, bool>> scored);

// Each class against the rest.
class ClassAuroc {
 public:
  explicit ClassAuroc(std::size_t classes) : classes_(classes) {}

  // One case: a score for each class. They are kept, up to so many that memory holds them.
  void add(std::size_t actual, std::span<const float> scores);
  [[nodiscard]] bool is_full() const { return is_full_; }

  // Of two classes that of the second; of more the mean over those that some cases are of and some are not,
  // as scikit-learn has it ("ovr", "macro") where every class occurs. Nothing where there is none, and then
  // problem() says why.
  [[nodiscard]] std::optional<double> value() const;
  [[nodiscard]] std::string problem() const;

 private:
  std::size_t classes_;
  bool is_full_ = false;
  std::vector<std::uint32_t> actual_;
  std::vector<float> scores_;  // by case and class
};

}  // namespace medbench
