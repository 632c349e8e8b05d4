#include "accuracy/majority_baseline.hpp"

#include <algorithm>
#include <fmt/ranges.h>
#include <unordered_map>
#include <vector>

#include "base/error.hpp"
#include "data/labelled_rows.hpp"

namespace medbench {

namespace {

constexpr std::size_t kMostLabels = 1'000'000;
constexpr std::size_t kMostNamed = 5;  // rows of one message

enum class Split { Train, Test, Validation };

Split split_of(const LabelledRow& row, const std::string& origin) {
  if (row.split == "train") return Split::Train;
  if (row.split == "test") return Split::Test;
  if (row.split == "validation" || row.split == "val" || row.split == "dev") return Split::Validation;
  throw usage_error("{}: row {} (line {}): split \"{}\" is unknown; give train, test or validation", origin,
                    row.number, row.line, printable(row.split, 60));
}

class Tally {
 public:
  explicit Tally(std::string origin) : origin_(std::move(origin)) {}

  void add(const LabelledRow& row) {
    ++rows_;
    const Split split = split_of(row, origin_);
    if (row.label.empty()) {
      if (unlabelled_.size() < kMostNamed)
        unlabelled_.push_back(fmt::format("{} (line {})", row.number, row.line));
      ++num_unlabelled_;
      return;
    }
    const auto [place, is_new] = classes_.try_emplace(row.label, labels_.size());
    if (is_new) add_label(place->first, row);
    const std::size_t index = place->second;
    if (split == Split::Train) add_training_row(labels_[index]);
    if (split == Split::Test) ++labels_[index].test;
  }

  [[nodiscard]] MajorityBaseline conclude() const {
    check_labels();
    const auto most = std::ranges::max_element(labels_, [](const Label& a, const Label& b) {
      return a.train != b.train ? a.train < b.train : a.first > b.first;
    });
    const auto majority = static_cast<std::size_t>(most - labels_.begin());
    MajorityBaseline baseline{
        .label = *most->name, .num_train = num_train_, .num_labels = labels_.size(), .metrics = {}};
    ClassCounts counts;
    for (std::size_t i = 0; i < labels_.size(); ++i) {
      baseline.num_test += labels_[i].test;
      counts.add(i, majority, labels_[i].test);
    }
    if (baseline.num_train == 0)
      throw usage_error("{}: no row has the split train, which says what the majority is", origin_);
    if (baseline.num_test == 0)
      throw usage_error("{}: no row has the split test, on which the prediction is measured", origin_);
    baseline.metrics = counts.metrics();
    return baseline;
  }

 private:
  struct Label {
    const std::string* name;  // the key of classes_
    std::uint64_t train = 0;
    std::uint64_t test = 0;
    std::uint64_t first = 0;  // training row, from 1
  };

  void add_label(const std::string& name, const LabelledRow& row) {
    if (labels_.size() == kMostLabels)
      throw usage_error("{}: row {} (line {}): more than {} different labels; is \"label\" the right column?",
                        origin_, row.number, row.line, kMostLabels);
    labels_.push_back({.name = &name});
  }

  void add_training_row(Label& label) {
    ++num_train_;
    if (label.train++ == 0) label.first = num_train_;
  }

  void check_labels() const {
    if (rows_ == 0) throw usage_error("{}: no row in it", origin_);
    if (num_unlabelled_ == rows_) throw usage_error("{}: no row has a label", origin_);
    if (num_unlabelled_ > 0)
      throw usage_error(
          "{}: without a label: row {}{}; label it or take it out", origin_, fmt::join(unlabelled_, ", "),
          num_unlabelled_ > kMostNamed ? fmt::format(" and {} more", num_unlabelled_ - kMostNamed)
                                       : std::string());
    if (labels_.size() == 1)
      throw usage_error("{}: every row has the label \"{}\"; a classification has at least two", origin_,
                        printable(*labels_.front().name, 60));
  }

  std::string origin_;
  std::unordered_map<std::string, std::size_t> classes_;
  std::vector<Label> labels_;
  std::vector<std::string> unlabelled_;
  std::uint64_t rows_ = 0;
  std::uint64_t num_unlabelled_ = 0;
  std::uint64_t num_train_ = 0;
};

}  // namespace

MajorityBaseline majority_baseline(const std::filesystem::path& dataset) {
  Tally tally(dataset.string());
  read_labelled_rows(dataset, [&](const LabelledRow& row) { tally.add(row); });
  return tally.conclude();
}

}  // namespace medbench
