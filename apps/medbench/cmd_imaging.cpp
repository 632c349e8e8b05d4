// `medbench imaging`: latency and memory of a network on images or volumes.
#include "medbench/commands.hpp"
#include "medbench/measure.hpp"

namespace medbench {

namespace {

constexpr std::array kSizes{SizeOption{Axis::Batch, "--batch"}, SizeOption{Axis::Depth, "--depth"},
                            SizeOption{Axis::Height, "--height"}, SizeOption{Axis::Width, "--width"}};

constexpr Program kImaging{.command = "imaging",
                           .names = {.model = "--models", .sizes = kSizes},
                           .run = {.iterations = "--batches", .warmup = "--warmup", .output = "--output-dir"},
                           .precision = "--dtype",
                           .texts = false,
                           .model = "tiny",
                           .batch_size = 8,
                           .numbers = kFp16,
                           .num_iterations = 50,
                           .backend = "torch",
                           .output_root = "benchmarks/results",
                           .dated_folder = false,
                           .wants_every_row = true};

}  // namespace

int run_imaging(std::span<const std::string> arguments) {
  return run_measurements(kImaging, arguments);
}

std::vector<std::string> imaging_option_names() {
  return measure_option_names(kImaging);
}

}  // namespace medbench
