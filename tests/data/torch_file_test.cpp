#include "data/torch_file.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "tests/data/safetensors_builder.hpp"
#include "tests/data/torch_builder.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using namespace std::string_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::failure_text;
using ::testing::HasSubstr;
using testing::name;
using testing::pickled;
using testing::pickled_dict;
using testing::PickledTensor;
using ::testing::StartsWith;
using testing::TemporaryFolder;
using testing::text;
using testing::torch_legacy;
using testing::torch_zip;

std::filesystem::path fixtures() {
  return testing::source_folder() / "tests/data/torch";
}

std::string hex(std::span<const std::byte> bytes) {
  std::string digits;
  for (const std::byte byte : bytes) digits += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
  return digits;
}

std::vector<std::string> fixture_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(fixtures())) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(".json")) names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

class TorchFixture : public ::testing::TestWithParam<std::string> {};

// What torch.load made of the file that the torch of that version wrote.
TEST_P(TorchFixture, HasTheBytesThatTorchLoads) {
  const Json expected = read_json_file(fixtures() / "expected.json");
  const WeightsFile file = read_torch_file(fixtures() / GetParam());
  EXPECT_EQ(file.tensors.size(), expected.size());
  for (const auto& [stored_name, tensor] : file.tensors) {
    SCOPED_TRACE(stored_name);
    const std::string bare = stored_name.substr(stored_name.find('.') + 1);
    ASSERT_TRUE(expected.contains(bare));
    const ir::ParameterData data = read_stored(tensor, file.file);
    EXPECT_EQ(to_string(data.view.dtype), expected[bare]["dtype"]);
    EXPECT_EQ(data.view.shape, expected[bare]["shape"].get<std::vector<std::int64_t>>());
    EXPECT_EQ(hex(data.view.data), expected[bare]["bytes"]);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(data.view.data.data()) % size_of(data.view.dtype), 0U);
  }
}

// Nothing that lies as it is needed is copied.
TEST_P(TorchFixture, IsMapped) {
  const WeightsFile file = read_torch_file(fixtures() / GetParam());
  const bool is_zip = std::to_integer<char>(file.file->bytes()[0]) == 'P';
  for (const auto& [stored_name, tensor] : file.tensors) {
    EXPECT_GE(tensor.view.data.data(), file.file->bytes().data()) << stored_name;
    EXPECT_LE(tensor.view.data.data() + tensor.view.data.size(),
              file.file->bytes().data() + file.file->bytes().size());
    if (!is_zip || !tensor.strides.empty()) continue;
    EXPECT_EQ(read_stored(tensor, file.file).view.data.data(), tensor.view.data.data()) << stored_name;
  }
}

INSTANTIATE_TEST_SUITE_P(Versions, TorchFixture, ::testing::ValuesIn(fixture_names()));

TEST(TorchFixtures, AreOfFourVersionsInBothForms) {
  for (const char* name :
       {"torch-1.4.bin", "torch-1.13.bin", "torch-2.0.bin", "torch-2.11.bin", "torch-2.11-legacy.bin"})
    EXPECT_THAT(fixture_names(), ::testing::Contains(name));
}

std::string failure_of_bytes(const std::string& bytes) {
  const TemporaryFolder folder;
  const auto path = folder.write("f.bin", bytes);
  return failure_text([&] {
    const WeightsFile file = read_torch_file(path);
    for (const auto& [stored_name, tensor] : file.tensors) read_stored(tensor, file.file);
  });
}

// Of one float32 tensor in a storage of four.
std::string failure_of(const PickledTensor& tensor, std::size_t bytes = 16) {
  std::string in_zip =
      failure_of_bytes(torch_zip(pickled_dict("w", pickled(tensor)), std::string(bytes, 'x')));
  const std::string legacy =
      failure_of_bytes(torch_legacy(pickled_dict("w", pickled(tensor)), std::string(16, 'x'), 4));
  // The old form has the size before the bytes, and so finds out earlier.
  if (tensor.count == 4 && bytes == 16 && tensor.key == "0" && tensor.type == "FloatStorage") {
    const auto tail = [](const std::string& message) { return message.substr(message.find("f.bin")); };
    EXPECT_EQ(in_zip == "no error" ? in_zip : tail(in_zip), legacy == "no error" ? legacy : tail(legacy));
  }
  return in_zip;
}

TEST(TorchFile, RefusesTensorsBeyondTheirStorage) {
  EXPECT_EQ(failure_of({{2, 2}, {2, 1}, 0, 4}), "no error");
  EXPECT_EQ(failure_of({{2}, {3}, 0, 4}), "no error");
  EXPECT_EQ(failure_of({{0}, {1}, 4, 4}), "no error");
  EXPECT_THAT(
      failure_of({{2, 2}, {2, 1}, 1, 4}),
      AllOf(StartsWith("usage: "),
            HasSubstr("f.bin: tensor 'w' of shape [2, 2] reaches beyond its storage '0' of 4 elements")));
  EXPECT_THAT(failure_of({{5}, {1}, 0, 4}), HasSubstr("reaches beyond"));
  EXPECT_THAT(failure_of({{0}, {1}, 5, 4}), HasSubstr("reaches beyond"));
  constexpr std::int64_t kLarge = std::int64_t{1} << 62;
  EXPECT_THAT(failure_of({{2, 2}, {kLarge, kLarge}, 0, 4}), HasSubstr("reaches beyond"));
  EXPECT_THAT(failure_of({{kLarge, 4}, {0, 0}, 0, 4}), HasSubstr("reaches beyond"));
  EXPECT_THAT(failure_of({{kLarge}, {0}, 0, 4}),
              HasSubstr("is expanded from fewer elements; save tensor.clone()"));
  EXPECT_THAT(failure_of({{-1}, {1}, 0, 4}), HasSubstr("no sizes"));
  EXPECT_THAT(failure_of({{1}, {-1}, 0, 4}), HasSubstr("no sizes"));
  EXPECT_THAT(failure_of({{1}, {1}, -1, 4}), HasSubstr("a way that torch.save does not know"));
  EXPECT_THAT(failure_of({{1, 1}, {1}, 0, 4}), HasSubstr("has 2 sizes and 1 strides"));
  EXPECT_THAT(failure_of({std::vector<std::int64_t>(65, 1), std::vector<std::int64_t>(65, 1), 0, 4}),
              HasSubstr("65 sizes"));
}

TEST(TorchFile, RefusesStoragesThatLie) {
  EXPECT_THAT(failure_of({{1}, {1}, 0, 5}), HasSubstr("storage '0' of 5 F32, which has 16 bytes"));
  EXPECT_THAT(failure_of({{1}, {1}, 0, 4}, 15), HasSubstr("which has 15 bytes"));
  EXPECT_THAT(failure_of({{1}, {1}, 0, std::int64_t{1} << 62}), HasSubstr("which has 16 bytes"));
  EXPECT_THAT(failure_of({.shape = {1}, .strides = {1}, .count = 4, .key = "1"}), HasSubstr("storage '1'"));
  EXPECT_THAT(failure_of({{1}, {1}, 0, -1}), HasSubstr("a way that torch.save does not"));
  EXPECT_THAT(failure_of({.shape = {1}, .strides = {1}, .count = 4, .type = "Size"}),
              HasSubstr("a way that torch.save does not"));
  EXPECT_THAT(failure_of({.shape = {1}, .strides = {1}, .count = 4, .type = "ComplexFloatStorage"}),
              HasSubstr("names torch.ComplexFloatStorage"));
  const std::string negated = "\x89" + name("collections", "OrderedDict") + ")R}" + text("neg") + "\x88s";
  EXPECT_THAT(failure_of({.shape = {1}, .strides = {1}, .count = 4, .more = negated}),
              AllOf(StartsWith("unsupported: "), HasSubstr("resolve_neg")));

  const std::string pickle = pickled_dict("w", pickled({{4}, {1}, 0, 4}));
  const std::string data(16, 'x');
  EXPECT_THAT(failure_of_bytes(torch_legacy(pickle, data, 3)), HasSubstr("storage '0' has 4 elements and 3"));
  EXPECT_THAT(failure_of_bytes(torch_legacy(pickle, data.substr(1), 4)), HasSubstr("truncated"));
  EXPECT_THAT(failure_of_bytes(torch_legacy(pickle, data, 4, "1")), HasSubstr("no tensor has storage '1'"));
}

TEST(TorchFile, FindsTheStateDict) {
  const std::string tensor = pickled({{4}, {1}, 0, 4});
  const std::string inner = "}" + text("w") + tensor + "s";
  const auto names = [](const std::string& pickle) {
    const TemporaryFolder folder;
    std::vector<std::string> found;
    for (const auto& [stored, ignored] :
         read_torch_file(folder.write("f.bin", torch_zip(pickle, std::string(16, 'x')))).tensors)
      found.push_back(stored);
    return found;
  };
  EXPECT_THAT(names(pickled_dict("w", tensor)), ElementsAre("w"));
  for (const char* key : {"state_dict", "model_state_dict", "model"}) {
    const std::string best_beside = fmt::format("{}s{}{}", inner, text("best"), tensor);
    EXPECT_THAT(names(pickled_dict(key, best_beside)), ElementsAre("w")) << key;
  }
  // Settings of that name.
  EXPECT_THAT(names("\x80\x02}" + text("model") + "}s" + text("v") + tensor + "s."), ElementsAre("v"));
  for (const std::string& pickle :
       {pickled_dict("other", inner), pickled_dict("w", "N"), "\x80\x02N."s, "\x80\x02]."s, tensor + "."})
    EXPECT_THAT(failure_of_bytes(torch_zip(pickle, std::string(16, 'x'))),
                HasSubstr("it holds no tensors by name; save the model's state_dict()"));
}

TEST(TorchFile, RefusesArchivesThatAreNoneOfTorchSave) {
  using testing::zip_bytes;
  EXPECT_THAT(failure_of_bytes(zip_bytes({{"x.txt", ""}})), HasSubstr("a ZIP archive without data.pkl"));
  EXPECT_THAT(failure_of_bytes(zip_bytes({{"a/data.pkl", ""}, {"b/data.pkl", ""}})),
              HasSubstr("more than one data.pkl"));
  EXPECT_THAT(failure_of_bytes(zip_bytes({{"a/data.pkl", ""}, {"a/constants.pkl", ""}})),
              HasSubstr("torch.jit.save"));
  EXPECT_THAT(failure_of_bytes(zip_bytes({{"a/data.pkl", "", {}, 8}})),
              HasSubstr("'a/data.pkl' is compressed"));
  EXPECT_THAT(failure_of_bytes(zip_bytes({{"a/data.pkl", "}."}, {"a/data/0", "", {}, 8}})),
              HasSubstr("'a/data/0' is compressed"));
  EXPECT_THAT(failure_of_bytes(zip_bytes({{"a/data.pkl", "}."}, {"a/byteorder", "big"}})),
              HasSubstr("big-endian"));
  // The pickle ends with its member.
  EXPECT_THAT(failure_of_bytes(zip_bytes({{"a/data.pkl", "}"}, {"a/x", "."}})), HasSubstr("truncated"));
}

TEST(TorchFile, RefusesOtherFiles) {
  EXPECT_THAT(failure_of_bytes(""), HasSubstr("no file of torch.save"));
  EXPECT_THAT(failure_of_bytes("\x80\x02}."), HasSubstr("a pickle, but none of torch.save"));
  EXPECT_THAT(failure_of_bytes("\x80\x04\x95\x10" + std::string(7, '\0') + name("sklearn.svm", "SVC")),
              HasSubstr("names sklearn.svm.SVC"));
  EXPECT_THAT(
      failure_of_bytes("version https://git-lfs.github.com/spec/v1\noid sha256:4665\nsize 437955512\n"),
      HasSubstr("f.bin: it is a pointer of Git LFS"));
  for (const char* page : {"<!DOCTYPE html><html>", "<!doctype html>", "<html lang=\"en\">"})
    EXPECT_THAT(failure_of_bytes(page),
                HasSubstr("it is a web page and not the file itself; download it again"));
  EXPECT_THAT(failure_of_bytes("\x0A\x00\x08tensor"
                               "\x57\xFB\x80\x8B\x24\x75\x47\xDB"s),
              HasSubstr("the index of a TensorFlow checkpoint"));
  std::string start = testing::legacy_start();
  start[18] = 1;  // the number of the protocol
  EXPECT_THAT(failure_of_bytes(start), HasSubstr("protocol is not 1001"));
  start = testing::legacy_start();
  start[start.size() - 3] = '\x89';  // little_endian is false
  EXPECT_THAT(failure_of_bytes(start), HasSubstr("big-endian"));
}

TEST(TorchFile, RefusesTruncatedFiles) {
  for (const char* fixture : {"torch-1.4.bin", "torch-2.11.bin"}) {
    const std::string whole = read_text_file(fixtures() / fixture);
    for (std::size_t size = 0; size < whole.size(); size += 1 + size / 100)
      EXPECT_THAT(failure_of_bytes(whole.substr(0, size)), StartsWith("usage: ")) << fixture << ", " << size;
    EXPECT_THAT(failure_of_bytes(whole.substr(0, whole.size() - 1)), StartsWith("usage: ")) << fixture;
  }
}

}  // namespace
}  // namespace medbench
