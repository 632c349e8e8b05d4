#include "medbench/matrix_options.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "medbench/commands.hpp"
#include "medbench/runtime_options.hpp"

namespace medbench {

namespace {

constexpr IntegerRange kBatchSizes{1, 65'536};
constexpr IntegerRange kSeqLengths{1, 1'048'576};
constexpr std::array<std::string_view, 3> kPrecisions{"fp32", "fp16", "bf16"};
constexpr std::array<std::string_view, 2> kOrders{"interleaved", "sequential"};
constexpr std::array<std::string_view, 7> kDeviceKinds{"cpu", "cuda", "tpu", "gpu", "npu", "xpu", "mps"};
constexpr RunOptionNames kNames{.iterations = "--iters", .warmup = "--warmup", .output = "--output-root"};
constexpr const char* kDefaultRoot = "reports";

// "cpu", "cuda", "cuda:0", "tpu:1"
bool is_device(std::string_view text) {
  const auto colon = text.find(':');
  const bool is_known =
      std::find(kDeviceKinds.begin(), kDeviceKinds.end(), text.substr(0, colon)) != kDeviceKinds.end();
  if (!is_known || colon == std::string_view::npos) return is_known;
  const std::string_view number = text.substr(colon + 1);
  constexpr std::size_t kMostDigits = 3;
  return !number.empty() && number.size() <= kMostDigits && (number == "0" || number.front() != '0') &&
         std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
}

template <class T>
void drop_repeated(std::vector<T>& values) {
  std::vector<T> kept;
  for (auto& value : values) {
    if (std::find(kept.begin(), kept.end(), value) == kept.end()) kept.push_back(std::move(value));
  }
  values = std::move(kept);
}

class MatrixParser {
 public:
  explicit MatrixParser(MatrixOptions& options)
      : options_(options),
        run_(parser_, kNames, options.run),
        encoder_(parser_, options.encoder),
        runtimes_(parser_) {
    parser_.words("--models", options.models);
    parser_.words("--backend", options.backends);
    parser_.words("--device", options.devices);
    parser_.choices("--precision", kPrecisions, options.precisions);
    parser_.integers("--batch-size", kBatchSizes, options.batch_sizes);
    parser_.integers("--seq-length", kSeqLengths, options.seq_lengths);
    parser_.flag("--int8", options.int8);
    parser_.text("--deployment", options.deployment);
    parser_.flag("--acc-check", options.acc_check);
    parser_.choice("--order", kOrders, order_);
    parser_.text("--resume", options.resume);
    parser_.flag("--strict", options.strict);
  }

  void parse(std::span<const std::string> arguments) {
    parser_.parse(arguments);
    run_.finish();
    encoder_.finish();
    if (order_ == kOrders[1]) options_.order = RowOrder::Sequential;
    for (const auto& device : options_.devices) {
      if (device != kAllDevices && !is_device(device)) {
        throw usage_error(
            "--device {}: unknown; give all, cpu, cuda, tpu, gpu, npu, xpu or mps, or one with its "
            "number such as cuda:0",
            printable(device));
      }
    }
    if (options_.deployment && !options_.int8)
      throw usage_error("--deployment needs --int8: its settings are those of int8");
    if (options_.resume && !options_.run.output_dir.empty())
      throw usage_error("--resume and --output-root: give one of them; a resumed run writes into its folder");
    if (options_.run.output_dir.empty()) options_.run.output_dir = kDefaultRoot;
    drop_repeated(options_.models);
    drop_repeated(options_.backends);
    drop_repeated(options_.devices);
    drop_repeated(options_.precisions);
    drop_repeated(options_.batch_sizes);
    drop_repeated(options_.seq_lengths);
    options_.options_of = runtimes_.finish(options_.batch_sizes, options_.seq_lengths);
  }

  [[nodiscard]] std::vector<std::string> names() const { return parser_.names(); }

 private:
  MatrixOptions& options_;
  OptionParser parser_{"medbench matrix"};
  RunOptionsParser run_;
  EncoderOptionsParser encoder_;
  RuntimeOptionsParser runtimes_;
  std::string order_;
};

}  // namespace

MatrixOptions parse_matrix_options(std::span<const std::string> arguments) {
  MatrixOptions options;
  MatrixParser(options).parse(arguments);
  return options;
}

std::vector<std::string> matrix_option_names() {
  MatrixOptions options;
  return MatrixParser(options).names();
}

}  // namespace medbench
