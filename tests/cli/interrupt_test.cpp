// Ctrl-C: what was measured is kept, and what was not is named.
#include <csignal>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/matrix_program.hpp"

namespace medbench {
namespace {

using testing::exited;
using ::testing::HasSubstr;
using testing::ProgramOutput;

using Interrupt = testing::MatrixTest;

TEST_F(Interrupt, NamesWhatIsMissingBesideTheWinner) {
  install("onnxruntime", "fake", "sleep 30");
  // A row that is not ok, and one that an interruption came before.
  auto words = matrix_words({"--iters", "4", "--backend", "openvino", "torch", "onnxruntime", "--order",
                             "sequential", "--backend-option", "script={\"refuse\":\"no such luck\"}"});
  bool sent = false;
  const auto output =
      testing::run_program(options(words), [&](const ProgramOutput& so_far, const Subprocess& process) {
        if (sent || so_far.err.find("[3/3]") == std::string::npos) return;
        ::kill(process.pid(), SIGINT);
        sent = true;
      });
  EXPECT_EQ(output.status, exited(128 + SIGINT)) << output.err;
  EXPECT_THAT(output.err, HasSubstr("[1/3] " + model() + " openvino cpu fp32 1 x 8: "));
  EXPECT_THAT(output.err, HasSubstr("[2/3] " + model() + " torch cpu fp32 1 x 8: ok"));
  EXPECT_THAT(output.out, HasSubstr("fastest is torch cpu fp32"));
  EXPECT_THAT(output.out, HasSubstr("; not measured: onnxruntime cpu fp32; not ok: openvino cpu fp32 ("));
}

TEST_F(Interrupt, PrintsNoTableWhenInterruptedBeforeTheFirstRow) {
  install("openvino", "fake", "sleep 30");
  bool sent = false;
  const auto output = testing::run_program(options(matrix_words({"--backend", "openvino"})),
                                           [&](const ProgramOutput& so_far, const Subprocess& process) {
                                             if (sent || so_far.err.find("[1/1]") == std::string::npos)
                                               return;
                                             ::kill(process.pid(), SIGINT);
                                             sent = true;
                                           });
  EXPECT_EQ(output.status, exited(128 + SIGINT));
  EXPECT_EQ(output.out, "");
  EXPECT_THAT(output.err, HasSubstr("interrupted: 0 of 1 configurations were measured"));
}

TEST_F(Interrupt, KeepsWhatWasMeasuredWhenInterrupted) {
  auto words = matrix_words({"--iters", "40", "--backend", "openvino", "--precision", "fp32", "bf16", "fp16",
                             "--backend-option", "script={\"latencies_ms\":[20],\"sleep_ms\":5}", "--json"});
  bool sent = false;
  const auto output =
      testing::run_program(options(words), [&](const ProgramOutput& so_far, const Subprocess& process) {
        // The second row has begun, so that the first waits for its next turn.
        if (sent || so_far.err.find("[2/3]") == std::string::npos) return;
        ::kill(process.pid(), SIGINT);
        sent = true;
      });
  EXPECT_EQ(output.status, exited(128 + SIGINT)) << output.err;
  const auto results = results_of(output);
  ASSERT_FALSE(results.empty());
  EXPECT_EQ(results[0].samples.size() % 10, 0U) << "turns of 200 ms by the scripted clock";
  EXPECT_LT(results[0].samples.size(), 40U);
  EXPECT_EQ(results[0].stop_rule, kStoppedEarly);
  EXPECT_EQ(result_files().size(), results.size());
  EXPECT_EQ(summary().size(), results.size());
}

}  // namespace
}  // namespace medbench
