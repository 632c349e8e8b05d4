// One suite for every backend: prepare, run and compare with the interpreter. A runtime's test binary is a
// few lines, see reference_conformance.cpp.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "backend/backend.hpp"
#include "tests/support/compare.hpp"

namespace medbench::conformance {

using BackendFactory = std::function<std::unique_ptr<Backend>()>;

enum class Oracle {
  SamePrecision,  // the interpreter on the graph lowered to the same precision; for int8 as it is
  Fp32,           // the interpreter on the graph as it is
};

// One test: a family of the table of families in one precision.
struct Suite {
  std::string family;
  std::string precision;
  friend std::ostream& operator<<(std::ostream& out, const Suite& suite) {
    return out << suite.family << ' ' << suite.precision;
  }
};

// Every family in each of these precisions ("fp32", "fp16", "bf16", "int8").
std::vector<Suite> all_suites(const std::vector<std::string>& precisions);
// The same without operations on images, for runtimes that have no lowering of these yet.
std::vector<Suite> text_suites(const std::vector<std::string>& precisions);
// The families of operations on images, and of networks of them.
std::vector<Suite> image_suites(const std::vector<std::string>& precisions);
std::string name_of(const Suite& suite);  // "Linear_bf16"

struct SuiteOptions {
  std::string_view backend;  // as the table of exceptions names it
  Oracle oracle = Oracle::SamePrecision;
  std::string device = "cpu";
  std::int64_t threads = 1;
  std::optional<testing::Bound> bound =
      {};  // instead of the table's, where a runtime is known to round otherwise
  std::map<std::string, std::string> options = {};             // of the target
  std::function<void(const EngineReport& report)> check = {};  // after every case that ran
};

// Runs all cases of the suite, each on a backend of its own with two sets of inputs. Skips, with the reason,
// where the table of exceptions expects the backend to refuse or leaves every case out; fails where it
// refuses and none is expected, or runs what it was to refuse.
void run_suite(const BackendFactory& make_backend, const Suite& suite, const SuiteOptions& options);

// Runs sets of inputs that differ in the open axes: an encoder's batch and sequence, and packed rows' batch
// and number of tokens. Skips where another device than the CPU is refused.
void expect_open_axes(Backend& backend, const Target& target = {});

// Runs an encoder over batches of texts without padding that differ in number and lengths, and expects the
// interpreter's answers to the padded ones. Skips where another device than the CPU is refused.
void expect_packed_texts(Backend& backend, const Target& target, const testing::Bound& bound);

// The same of a network on images, whose batch alone is open.
void expect_open_batches_of_images(Backend& backend);

// Runs int8 with and without kernels of medbench's own, which `option` switches off: the runtime's name says
// which, and groups of activations, which only they have, are then refused by the option's name.
void expect_own_kernels_to_be_an_option(Backend& backend, const std::string& option,
                                        const std::string& runtime);

// Calibrates networks on images, makes their convolutions integers, and expects the answers of fp32.
void expect_integer_convolutions(Backend& backend);

// Times small products on the CPU, as a worker times large ones on a device after its passes.
void expect_peak(Backend& backend);

}  // namespace medbench::conformance
