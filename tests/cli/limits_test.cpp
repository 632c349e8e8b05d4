// Machines that give no more: memory, files and processes. The row that wanted them fails, the others run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/cli/matrix_program.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using testing::exited;
using ::testing::HasSubstr;
using testing::ProgramOutput;

class Limits : public testing::MatrixTest {
 protected:
  // What two rows became, of which the second meets with this before it runs.
  void expect_second(const std::string& before_run, Status status, const std::string& message) const {
    SCOPED_TRACE(before_run);
    install("openvino", "fake", before_run);
    const auto results = results_of(matrix({"--device", "cpu", "--json"}));
    ASSERT_EQ(results.size(), 2U);
    const bool is_first = results[0].job.target.backend == "openvino";
    EXPECT_EQ(results[is_first ? 1 : 0].status, Status::Ok);
    const Result& row = results[is_first ? 0 : 1];
    EXPECT_EQ(row.status, status);
    ASSERT_TRUE(row.failure);
    EXPECT_THAT(row.failure->message, HasSubstr(message));
  }
  // Under limits of the shell.
  [[nodiscard]] ProgramOutput limited(const std::string& limits, const Words& more) const {
    Words words{"/bin/sh", "-c", limits + "; exec \"$@\"", "sh"};
    for (auto& word : matrix_words(more)) words.push_back(std::move(word));
    return testing::run_program(options(words));
  }
};

TEST_F(Limits, OfMemoryGiveARowThatSaysSo) {
  const std::string no_memory = "worker-openvino got no more memory during start; try a smaller batch";
  expect_second("echo \"terminate called after throwing an instance of 'std::bad_alloc'\" >&2; kill -ABRT $$",
                Status::OutOfMemory, no_memory);
  expect_second("echo 'libx.so: failed to map segment from shared object' >&2; exit 127", Status::OutOfMemory,
                no_memory);
  expect_second("echo 'libx.so: cannot allocate memory in static TLS block' >&2; exit 127", Status::LoadError,
                "it or a library that it needs is missing");
  expect_second("kill -ABRT $$", Status::Crashed, "SIGABRT");
}

TEST_F(Limits, OfAddressSpaceExplainACrash) {
  install("openvino", "fake", "kill -SEGV $$");
  const auto crash = limited("ulimit -v 68719476736", {"--device", "cpu"});  // a sanitizer reserves much
  EXPECT_EQ(crash.status, exited(1));
  EXPECT_THAT(
      crash.err,
      HasSubstr("openvino cpu fp32 1 x 8: out_of_memory (start): worker-openvino crashed with signal SIGSEGV "
                "(Segmentation fault) during start, most likely for want of memory; ulimit -v leaves a "
                "process 67108864 MiB"));
  install("openvino", "fake", "echo 'thread: Resource temporarily unavailable' >&2; exit 1");
  EXPECT_THAT(limited("ulimit -v 68719476736", {"--device", "cpu"}).err, HasSubstr("out_of_memory (start)"));
  EXPECT_THAT(matrix({"--device", "cpu"}).err, HasSubstr("crashed (start)"));
}

TEST_F(Limits, OfAddressSpaceEndWorkersInManyWays) {
  for (const char* how : {"allocates", "starts a thread", "does not look"}) {
    SCOPED_TRACE(how);
    install("openvino", "fake", fmt::format("exec '{}' '{}'", testing::binary("hungry_worker"), how));
    const auto output = limited("ulimit -v 68719476736", {"--device", "cpu"});
    EXPECT_EQ(output.status, exited(1));
    EXPECT_THAT(output.err, AllOf(HasSubstr("openvino cpu fp32 1 x 8: out_of_memory (run): worker-openvino "),
                                  HasSubstr("ulimit -v leaves a process 67108864 MiB"),
                                  HasSubstr("torch cpu fp32 1 x 8: ok")));
  }
  // One that cannot even say what it can do.
  std::filesystem::copy_file(testing::binary("hungry_worker"),
                             folder().path() / "libexec/worker-onnxruntime");
  EXPECT_THAT(limited("ulimit -v 68719476736", {"--backend", "onnxruntime"}).err,
              HasSubstr("onnxruntime cpu fp32 1 x 8: out_of_memory (run): "));
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // which need more than any limit leaves
TEST_F(Limits, OfAddressSpaceGiveARowThatSaysSo) {
  expect_second("ulimit -v 10000", Status::OutOfMemory, "memory");
}
#endif

TEST_F(Limits, OfFilesFailTheRowAndNotTheRun) {
  for (const Words& device : {Words{"--device", "cpu"}, Words{}}) {
    const auto output = limited("ulimit -n 12", device);
    EXPECT_EQ(output.status, exited(1)) << output.err;
    for (const char* backend : {"torch", "openvino"}) {
      EXPECT_THAT(output.err, HasSubstr(fmt::format("{} cpu fp32 1 x 8: failed (start): cannot start another "
                                                    "program: too many open files; raise ulimit -n",
                                                    backend)));
    }
  }
}

// Rows that wait for their turn hold pipes.
TEST_F(Limits, OfFilesBoundTheRowsThatWait) {
  const auto output =
      limited("ulimit -n 30", {"--backend", "openvino", "torch", "--precision", "fp32", "bf16", "fp16",
                               "int8", "--iters", "400", "--warmup", "1", "--json"});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  const auto results = results_of(output);
  EXPECT_EQ(results.size(), 7U);
  for (const Result& row : results) EXPECT_NE(row.status, Status::Failed) << row.job.id;
}

TEST_F(Limits, OfProcessesFailTheRowAndNotTheRun) {
  namespace fs = std::filesystem;
  std::string before = "set -- prlimit --nproc=1 \"$@\"";
  if (::geteuid() == 0) {  // whom no number of processes limits
    for (const auto& entry : fs::recursive_directory_iterator(folder().path()))
      fs::permissions(entry.path(), fs::perms::all);
    fs::permissions(folder().path(), fs::perms::all);
    before = "set -- setpriv --reuid 65533 --clear-groups prlimit --nproc=1 \"$@\"";
  }
  const auto output = limited("export ASAN_OPTIONS=detect_leaks=0; " + before, {"--device", "cpu"});
  EXPECT_EQ(output.status, exited(1)) << output.err;
  const auto why = HasSubstr("there are too many processes: raise ulimit -u");
  EXPECT_THAT(output.err, AllOf(HasSubstr("torch cpu fp32 1 x 8: failed (start): cannot start"), why));
  EXPECT_THAT(output.err, HasSubstr("openvino cpu fp32 1 x 8: failed (start): cannot start"));
}

}  // namespace
}  // namespace medbench
