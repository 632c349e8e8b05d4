#include "medbench/medical_options.hpp"

#include <array>

#include "base/error.hpp"
#include "medbench/commands.hpp"

namespace medbench {

namespace {

constexpr IntegerRange kBatchSizes{1, 65'536};
constexpr IntegerRange kSeqLengths{1, 1'048'576};
constexpr std::array<std::string_view, 2> kPads{"fixed", "longest"};
constexpr std::array<std::string_view, 3> kWeights{"auto", "require", "synthetic"};
constexpr std::array kPolicies{WeightsPolicy::Auto, WeightsPolicy::Require, WeightsPolicy::Synthetic};

class MedicalParser {
 public:
  explicit MedicalParser(MedicalOptions& options) : options_(options), run_(parser_, options.run) {
    parser_.text("--model", options.model);
    parser_.choice("--weights", kWeights, weights_);
    parser_.integers("--batch-sizes", kBatchSizes, options.batch_sizes);
    parser_.integers("--seq-lengths", kSeqLengths, options.seq_lengths);
    parser_.text("--text", text_);
    parser_.text("--text-column", text_column_);
    parser_.choice("--pad", kPads, pad_);
    parser_.flag("--test-accuracy", test_accuracy_);
    parser_.text("--dataset-csv", dataset_csv_);
  }

  void parse(std::span<const std::string> arguments) {
    parser_.parse(arguments);
    if (test_accuracy_ || dataset_csv_) {
      throw usage_error("{}: classification testing is not available in this version; leave the option out",
                        test_accuracy_ ? "--test-accuracy" : "--dataset-csv");
    }
    run_.finish();
    for (std::size_t i = 0; i < kWeights.size(); ++i) {
      if (kWeights[i] == weights_) options_.weights = kPolicies[i];
    }
    read_text_options();
  }

  [[nodiscard]] std::vector<std::string> names() const { return parser_.names(); }

 private:
  void read_text_options() {
    if (text_) {
      const bool longest = pad_ == to_string(Padding::Longest);
      options_.text = TextInput{
          .file = *text_, .column = text_column_, .padding = longest ? Padding::Longest : Padding::Fixed};
      return;
    }
    if (!text_column_.empty())
      throw usage_error("--text-column needs --text: without a file there is no column");
    if (!pad_.empty()) throw usage_error("--pad needs --text: random inputs fill the whole sequence");
  }

  MedicalOptions& options_;
  OptionParser parser_{"medbench medical"};
  RunOptionsParser run_;
  std::string weights_;
  std::optional<std::string> text_;
  std::string text_column_;
  std::string pad_;
  bool test_accuracy_ = false;
  std::optional<std::string> dataset_csv_;
};

}  // namespace

MedicalOptions parse_medical_options(std::span<const std::string> arguments) {
  MedicalOptions options;
  MedicalParser(options).parse(arguments);
  return options;
}

std::vector<std::string> medical_option_names() {
  MedicalOptions options;
  return MedicalParser(options).names();
}

}  // namespace medbench
