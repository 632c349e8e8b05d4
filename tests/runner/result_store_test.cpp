#include "runner/result_store.hpp"

#include <csignal>
#include <set>
#include <sys/resource.h>
#include <thread>

#include "base/file.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/results.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using testing::expect_error;
using testing::ok_result;
using testing::TemporaryFolder;

std::size_t count_files(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

TEST(ResultStore, NamesAFileByWhatWasMeasured) {
  const TemporaryFolder folder;
  const ResultStore store(folder.path() / "new" / "results", "medical");
  const Result result = ok_result(4, 128, 10);
  const auto path = store.save(result);
  EXPECT_EQ(path, folder.path() / "new/results/medical_biobert_torch_b4_s128_fp32_cpu_20260102T030405Z.json");
  EXPECT_EQ(read_json_file(path), to_json(result));
  EXPECT_EQ(read_text_file(path).back(), '\n');
}

TEST(ResultStore, NeverOverwrites) {
  const TemporaryFolder folder;
  const ResultStore store(folder.path(), "medical");
  const ResultStore other(folder.path(), "medical");
  std::set<std::filesystem::path> paths;
  std::thread thread([&] {
    for (int i = 0; i < 20; ++i) other.save(ok_result(1, 64, 2));
  });
  for (int i = 0; i < 20; ++i) paths.insert(store.save(ok_result(1, 64, 1)));
  thread.join();
  EXPECT_EQ(paths.size(), 20U);
  EXPECT_EQ(count_files(folder.path()), 40U);
  for (const auto& path : paths) EXPECT_EQ(read_json_file(path)["avg_latency_ms"], 1.0);
}

TEST(ResultStore, DistrustsTheTimeOfAWorker) {
  const TemporaryFolder folder;
  const ResultStore store(folder.path(), "medical");
  Result result = ok_result(1, 64, 1);
  result.started_at = "2026-01-02T03:04:05.678Z";
  EXPECT_THAT(store.save(result).string(), ::testing::EndsWith("_20260102T030405Z.json"));
  for (const char* text : {"", "../../etc/passwd", "yesterday", "2026-01-02"}) {
    result.started_at = text;
    EXPECT_THAT(
        store.save(result).filename().string(),
        ::testing::MatchesRegex("medical_biobert_torch_b1_s64_fp32_cpu_20[0-9]+T[0-9]+Z(-[0-9]+)?.json"));
  }
}

TEST(ResultStore, RefusesAFolderThatCannotBeUsed) {
  const TemporaryFolder folder;
  const auto file = folder.write("file", "");
  expect_error(ErrorKind::Usage, "not a folder", [&] { const ResultStore store(file, "medical"); });
  expect_error(ErrorKind::Usage, "choose another",
               [&] { const ResultStore store(file / "below", "medical"); });
}

TEST(ResultStore, AWriteThatFailsHalfwayLeavesNothingBehind) {
  const TemporaryFolder folder;
  const ResultStore store(folder.path(), "medical");
  Result result = ok_result(1, 64, 1);
  result.samples.assign(10'000, {.ms = 1.25});
  // Like a full disk, a limit on the size of files takes the first part of a write and refuses the rest.
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{4096, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const auto old = std::signal(SIGXFSZ, SIG_IGN);
  expect_error(ErrorKind::Environment, folder.path().string(), [&] { store.save(result); });
  std::signal(SIGXFSZ, old);
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(count_files(folder.path()), 0U);
}

TEST(FileNamePart, IsSafeAsAFileName) {
  EXPECT_EQ(file_name_part("biobert"), "biobert");
  EXPECT_EQ(file_name_part("monologg/biobert_v1.1_pubmed"), "monologg-biobert_v1.1_pubmed");
  EXPECT_EQ(file_name_part("/data/models/mini lm/"), "mini-lm");
  EXPECT_EQ(file_name_part("./here"), "here");
  EXPECT_EQ(file_name_part("a/b/c"), "c");
  EXPECT_EQ(file_name_part("cuda:0"), "cuda-0");
  EXPECT_EQ(file_name_part("../.."), "unnamed");
  EXPECT_EQ(file_name_part("/"), "unnamed");
  EXPECT_EQ(file_name_part(""), "unnamed");
  EXPECT_EQ(file_name_part(".hidden"), "hidden");
  EXPECT_EQ(file_name_part("--flag"), "flag");
  EXPECT_EQ(file_name_part("n\xC3\xA9\n"), "n---");
  EXPECT_EQ(file_name_part(std::string(500, 'a')), std::string(64, 'a'));
}

}  // namespace
}  // namespace medbench
