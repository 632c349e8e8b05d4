#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "base/file.hpp"
#include "ir/builder.hpp"
#include "lower/onnx/onnx.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/parameters.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench::lower {
namespace {

namespace fs = std::filesystem;
using testing::ScopedEnvironment;
using testing::TemporaryFolder;

// Keeps the weights alive that the model points to.
struct Example {
  std::unique_ptr<testing::MemoryParameters> weights;
  OnnxModel model;
};

Example example(std::uint64_t seed = 1, std::int64_t out = 5) {
  ir::GraphBuilder graph("example");
  const ir::ValueId x = graph.input("x", DType::F32, {ir::kBatch, 31});
  graph.output("y", graph.linear(x, graph.parameter("weight", {out, 31}), graph.parameter("bias", {out})));
  const ir::Graph built = graph.build();
  Example result{std::make_unique<testing::MemoryParameters>(testing::random_parameters(built, seed)), {}};
  result.model = to_onnx(built, *result.weights, find_flavour("openvino"));
  return result;
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
  return names;
}

void expect_holds(const fs::path& path, const OnnxModel& model) {
  EXPECT_EQ(read_text_file(path), model.proto);
  const std::string weights = read_text_file(path.parent_path() / kWeightsFile);
  ASSERT_EQ(weights.size(), model.weights_bytes);
  for (const OnnxInitializer& tensor : model.initializers) {
    const auto bytes = std::as_bytes(std::span{weights}).subspan(tensor.offset, tensor.data.view.data.size());
    EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), tensor.data.view.data.begin())) << tensor.name;
  }
}

// Of a folder and all in it: what is written, replaced, or put there for a while changes a line.
std::vector<std::string> state_of(const fs::path& folder) {
  std::vector<fs::path> paths{folder};
  for (const auto& entry : fs::recursive_directory_iterator(folder)) paths.push_back(entry.path());
  std::vector<std::string> lines;
  for (const fs::path& path : paths) {
    struct stat found {};
    EXPECT_EQ(::stat(path.c_str(), &found), 0) << path;
    lines.push_back(fmt::format("{} is {}, changed at {}.{:09}", path.string(), found.st_ino,
                                found.st_ctim.tv_sec, found.st_ctim.tv_nsec));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

TEST(OnnxCache, WritesOnceAndFindsItAgain) {
  const TemporaryFolder cache;
  const fs::path folder = cache.path() / "deep" / "er";
  const Example item = example();
  const fs::path path = write_onnx(item.model, folder);
  expect_holds(path, item.model);
  const auto written = state_of(folder);
  EXPECT_EQ(written.size(), 4U) << "the cache, the model's folder, its two files";
  std::this_thread::sleep_for(std::chrono::milliseconds{20});
  EXPECT_EQ(write_onnx(item.model, folder), path);
  EXPECT_EQ(state_of(folder), written);
}

TEST(OnnxCache, ContentIsTheKey) {
  const TemporaryFolder cache;
  const fs::path first = write_onnx(example(1).model, cache.path());
  EXPECT_NE(write_onnx(example(2).model, cache.path()), first) << "other weights, same graph";
  EXPECT_NE(write_onnx(example(1, 6).model, cache.path()), first) << "another graph";
  EXPECT_EQ(write_onnx(example(1).model, cache.path()), first);
}

TEST(OnnxCache, ReplacesWhatIsBroken) {
  const Example item = example();
  const auto check = [&](const std::function<void(const fs::path&)>& damage) {
    const TemporaryFolder cache;
    const fs::path path = write_onnx(item.model, cache.path());
    damage(path.parent_path());
    EXPECT_EQ(write_onnx(item.model, cache.path()), path);
    expect_holds(path, item.model);
    EXPECT_EQ(names_in(cache.path()).size(), 1U);
  };
  check([](const fs::path& folder) { fs::resize_file(folder / kWeightsFile, 100); });
  check([](const fs::path& folder) { fs::resize_file(folder / kWeightsFile, 0); });
  check([](const fs::path& folder) { fs::remove(folder / kWeightsFile); });
  check([](const fs::path& folder) { fs::remove(folder / kModelFile); });
  check([](const fs::path& folder) { fs::remove_all(folder); });
  check([](const fs::path& folder) {
    fs::remove(folder / kWeightsFile);
    fs::create_directory(folder / kWeightsFile);
  });
  check([](const fs::path& folder) {  // a file where the folder should be
    fs::remove_all(folder);
    std::ofstream(folder) << "x";
  });
  for (const auto name : {kWeightsFile, kModelFile}) {
    check([&](const fs::path& folder) {  // one flipped byte
      std::fstream file(folder / name, std::ios::in | std::ios::out | std::ios::binary);
      const int byte = file.get();
      file.seekp(0);
      file.put(static_cast<char>(byte ^ 1));
    });
  }
}

TEST(OnnxCache, SaysWhyItCannotWrite) {
  const TemporaryFolder folder;
  const Example item = example();
  folder.write("file", "x");
  testing::expect_error(ErrorKind::Environment, "MEDBENCH_CACHE_DIR",
                        [&] { write_onnx(item.model, folder.path() / "file"); });
  testing::expect_error(ErrorKind::Environment, "Not a directory",
                        [&] { write_onnx(item.model, folder.path() / "file" / "below"); });
}

TEST(OnnxCache, ReadOnly) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write to a folder that is read-only";
  const TemporaryFolder cache;
  const fs::path path = write_onnx(example(1).model, cache.path());
  fs::permissions(cache.path(), fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_EQ(write_onnx(example(1).model, cache.path()), path) << "what is there can be used";
  testing::expect_error(ErrorKind::Environment, "Permission denied",
                        [&] { write_onnx(example(2).model, cache.path()); });
  fs::permissions(cache.path(), fs::perms::owner_all);
}

TEST(OnnxCache, ManyProcessesAtOnce) {
  const TemporaryFolder cache;
  const Example item = example(1, 2000);
  std::vector<pid_t> children;
  for (int i = 0; i < 8; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      int code = 1;
      try {
        const fs::path path = write_onnx(item.model, cache.path());
        code = fs::file_size(path.parent_path() / kWeightsFile) == item.model.weights_bytes ? 0 : 2;
      } catch (...) {
      }
      ::_exit(code);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  EXPECT_EQ(names_in(cache.path()).size(), 1U);
  expect_holds(write_onnx(item.model, cache.path()), item.model);
}

TEST(OnnxCache, RemovesWhatKilledProcessesLeft) {
  const TemporaryFolder cache;
  cache.write(".writing-stale/new/weights.bin", "x");
  cache.write(".writing-fresh/new/weights.bin", "x");
  cache.write("of-others/file", "x");
  const auto old = fs::file_time_type::clock::now() - std::chrono::hours{48};
  fs::last_write_time(cache.path() / ".writing-stale", old);
  fs::last_write_time(cache.path() / "of-others", old);
  const std::string key = write_onnx(example().model, cache.path()).parent_path().filename().string();
  EXPECT_THAT(names_in(cache.path()), ::testing::UnorderedElementsAre(".writing-fresh", "of-others", key));
}

TEST(OnnxCache, DefaultFolder) {
  const ScopedEnvironment home("HOME", "/home/someone");
  {
    const ScopedEnvironment own("MEDBENCH_CACHE_DIR", "/scratch");
    EXPECT_EQ(default_onnx_cache(), "/scratch/onnx");
  }
  const ScopedEnvironment own("MEDBENCH_CACHE_DIR", "");
  {
    const ScopedEnvironment xdg("XDG_CACHE_HOME", "/var/cache");
    EXPECT_EQ(default_onnx_cache(), "/var/cache/medbench/onnx");
  }
  const ScopedEnvironment xdg("XDG_CACHE_HOME", std::nullopt);
  EXPECT_EQ(default_onnx_cache(), "/home/someone/.cache/medbench/onnx");
  const ScopedEnvironment no_home("HOME", std::nullopt);
  testing::expect_error(ErrorKind::Environment, "MEDBENCH_CACHE_DIR", [] { default_onnx_cache(); });
}

}  // namespace
}  // namespace medbench::lower
