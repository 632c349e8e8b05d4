// `medbench medical`: latency and memory of a text encoder over batch sizes and sequence lengths.
#include "medbench/commands.hpp"
#include "medbench/measure.hpp"

namespace medbench {

namespace {

constexpr std::array kSizes{SizeOption{Axis::Batch, "--batch-sizes"}, SizeOption{Axis::Seq, "--seq-lengths"}};

constexpr Program kMedical{
    .command = "medical",
    .names = {.model = "--model", .sizes = kSizes},
    .run = {.iterations = "--num-iterations", .warmup = "--warmup-iterations", .output = "--output-dir"},
    .images = false,
    .backend = "torch",
    .output_root = "benchmarks/results",
    .dated_folder = false,
    .wants_every_row = true};

}  // namespace

int run_medical(std::span<const std::string> arguments) {
  return run_measurements(kMedical, arguments);
}

std::vector<std::string> medical_option_names() {
  return measure_option_names(kMedical);
}

}  // namespace medbench
