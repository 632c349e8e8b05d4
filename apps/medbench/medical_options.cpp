#include "medbench/medical_options.hpp"

#include <array>

#include "base/error.hpp"
#include "medbench/commands.hpp"
#include "medbench/device_choice.hpp"

namespace medbench {

namespace {

constexpr IntegerRange kBatchSizes{1, 65'536};
constexpr IntegerRange kSeqLengths{1, 1'048'576};
constexpr std::array<std::string_view, 3> kPrecisions{"fp32", "fp16", "bf16"};
constexpr RunOptionNames kNames{
    .iterations = "--num-iterations", .warmup = "--warmup-iterations", .output = "--output-dir"};

class MedicalParser {
 public:
  explicit MedicalParser(MedicalOptions& options)
      : options_(options), run_(parser_, kNames, options.run), encoder_(parser_, options.encoder) {
    options.run.output_dir = "benchmarks/results";
    parser_.text("--model", options.model);
    parser_.text("--backend", options.backend);
    parser_.text("--device", options.device);
    parser_.choice("--precision", kPrecisions, options.precision);
    parser_.integers("--batch-sizes", kBatchSizes, options.batch_sizes);
    parser_.integers("--seq-lengths", kSeqLengths, options.seq_lengths);
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
    if (options_.device && !is_device_name(*options_.device)) {
      throw usage_error("--device {}: unknown; give cpu, cuda or cuda:N", printable(*options_.device));
    }
    encoder_.finish();
  }

  [[nodiscard]] std::vector<std::string> names() const { return parser_.names(); }

 private:
  MedicalOptions& options_;
  OptionParser parser_{"medbench medical"};
  RunOptionsParser run_;
  EncoderOptionsParser encoder_;
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
