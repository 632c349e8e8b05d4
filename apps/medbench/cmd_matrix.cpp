// `medbench matrix`: the same forward passes over backends, devices and precisions, in a form that can be
// compared.
#include "campaign/planner.hpp"
#include "medbench/commands.hpp"
#include "medbench/measure.hpp"

namespace medbench {

namespace {

constexpr Program kMatrix{.command = "matrix",
                          .names = {.model = "--models", .sizes = kMatrixSizes},
                          .run = {.iterations = "--iters", .warmup = "--warmup", .output = "--output-root"},
                          .backend = kAutoBackend,
                          .output_root = "reports",
                          .dated_folder = true,
                          .wants_every_row = false};

}  // namespace

int run_matrix(std::span<const std::string> arguments) {
  return run_measurements(kMatrix, arguments);
}

std::vector<std::string> matrix_option_names() {
  return measure_option_names(kMatrix);
}

}  // namespace medbench
