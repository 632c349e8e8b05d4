#include "data/safetensors.hpp"

#include <array>
#include <cstring>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "base/random.hpp"
#include "tests/data/safetensors_builder.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::failure_text;
using ::testing::HasSubstr;
using testing::safetensors_bytes;
using ::testing::StartsWith;
using testing::TemporaryFolder;

std::string load_failure(const TemporaryFolder& folder, const std::string& bytes) {
  const auto path = folder.write("t.safetensors", bytes);
  return failure_text([&] { SafetensorsFile file(path); });
}

std::string good_file() {
  return safetensors_bytes(
      R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},)"
      R"("b":{"dtype":"I64","shape":[],"data_offsets":[16,24]},"c":{"dtype":"U8","shape":[0,7],"data_offsets":[24,24]}} )",
      std::string(24, '\1'));
}

TEST(Safetensors, ReadsTypesShapesBytesAndMetadata) {
  const TemporaryFolder folder;
  const SafetensorsFile file(folder.write("t.safetensors", good_file()));
  ASSERT_EQ(file.tensors().size(), 3U);
  const TensorView& a = file.tensors().at("a");
  EXPECT_EQ(a.dtype, DType::F32);
  EXPECT_THAT(a.shape, ElementsAre(2, 2));
  EXPECT_EQ(a.data.size(), 16U);
  EXPECT_EQ(a.data.data() + 16, file.tensors().at("b").data.data());
  EXPECT_TRUE(file.tensors().at("b").shape.empty());
  EXPECT_TRUE(file.tensors().at("c").data.empty());
  EXPECT_THAT(file.metadata(), ElementsAre(std::pair("format", "pt")));
}

TEST(Safetensors, ReadsAnEmptyFileOfNoTensors) {
  const TemporaryFolder folder;
  EXPECT_TRUE(SafetensorsFile(folder.write("t.safetensors", safetensors_bytes("{}", ""))).tensors().empty());
}

TEST(Safetensors, TruncatedAtEveryByteIsOneUsageError) {
  const TemporaryFolder folder;
  const std::string whole = good_file();
  ASSERT_EQ(load_failure(folder, whole), "no error");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THAT(load_failure(folder, whole.substr(0, size)), StartsWith("usage: ")) << "cut at byte " << size;
  }
}

TEST(Safetensors, HeaderCutAtEveryByteIsOneUsageError) {
  const TemporaryFolder folder;
  const std::string whole = good_file();
  const std::string header = whole.substr(8, whole.size() - 8 - 24);
  for (std::size_t size = 0; size + 1 < header.size(); ++size) {  // the last byte is padding
    EXPECT_THAT(load_failure(folder, safetensors_bytes(header.substr(0, size), std::string(24, '\1'))),
                StartsWith("usage: "))
        << "cut at byte " << size;
  }
}

TEST(Safetensors, AnyByteOfTheHeaderMayChange) {
  const TemporaryFolder folder;
  const std::string whole = good_file();
  SplitMix64 random(7);
  std::size_t refused = 0;
  for (std::size_t i = 0; i < whole.size() - 24; ++i) {
    for (const auto replacement : {random.next() & 0xFFU, std::uint64_t{0}, std::uint64_t{0xFF}}) {
      std::string bytes = whole;
      bytes[i] = static_cast<char>(replacement);
      const std::string failure = load_failure(folder, bytes);
      if (failure == "no error") continue;  // another name, or the same byte
      ++refused;
      EXPECT_THAT(failure, ::testing::AnyOf(StartsWith("usage: "), StartsWith("unsupported: ")))
          << "byte " << i;
      EXPECT_EQ(failure.find('\n'), std::string::npos);
    }
  }
  EXPECT_GT(refused, 2 * (whole.size() - 24) - 40);
}

TEST(Safetensors, LyingHeaderLengths) {
  const TemporaryFolder folder;
  const auto with_length = [&](std::uint64_t length) {
    std::string bytes = good_file();
    for (unsigned i = 0; i < 8; ++i) bytes[i] = static_cast<char>((length >> (8U * i)) & 0xFFU);
    return load_failure(folder, bytes);
  };
  EXPECT_THAT(with_length(0), HasSubstr("claims 0 bytes"));
  EXPECT_THAT(with_length(100'000'001), HasSubstr("claims 100000001 bytes"));
  EXPECT_THAT(with_length(100'000'000), HasSubstr("truncated"));
  EXPECT_THAT(with_length(~std::uint64_t{0}), HasSubstr("claims 18446744073709551615 bytes"));
  EXPECT_THAT(with_length(~std::uint64_t{0} - 7), StartsWith("usage: "));
}

struct BadHeader {
  std::string_view header;  // of a file with 16 bytes of data
  std::string_view expected;
};

class BadSafetensors : public ::testing::TestWithParam<BadHeader> {};

TEST_P(BadSafetensors, IsOneClearLine) {
  const TemporaryFolder folder;
  const std::string failure =
      load_failure(folder, safetensors_bytes(GetParam().header, std::string(16, '\1')));
  EXPECT_THAT(failure, AllOf(HasSubstr("t.safetensors: "), HasSubstr(std::string(GetParam().expected))));
}

constexpr std::string_view kZeroByte("{}\0", 3);

INSTANTIATE_TEST_SUITE_P(
    Headers, BadSafetensors,
    ::testing::Values(
        BadHeader{"[]", "not a JSON object"}, BadHeader{" {}", "not a JSON object"},
        BadHeader{kZeroByte, "not a JSON object"}, BadHeader{"{}{}", "syntax error"},
        BadHeader{"{}", "16 bytes follow the last tensor"},
        BadHeader{R"({"a":1})", "tensor 'a': expected an object, found 1"},
        BadHeader{R"({"a":{"dtype":"F32","shape":[4]}})", "has no data_offsets"},
        BadHeader{R"({"a":{"shape":[4],"data_offsets":[0,16]}})", "has no dtype"},
        BadHeader{R"({"a":{"dtype":"F32","data_offsets":[0,16]}})", "has no shape"},
        BadHeader{R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16],"x":0}})", "unknown key 'x'"},
        BadHeader{R"({"a":{"dtype":"F32","dtype":"F32","shape":[4],"data_offsets":[0,16]}})",
                  "duplicate key 'dtype'"},
        BadHeader{R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"a":{}})",
                  "duplicate tensor 'a'"},
        BadHeader{R"({"__metadata__":{"k":"1","k":"2"}})", "duplicate key 'k'"},
        BadHeader{R"({"__metadata__":{},"__metadata__":{}})", "duplicate key '__metadata__'"},
        BadHeader{R"({"__metadata__":{"k":1}})", "__metadata__: expected a string, found 1"},
        BadHeader{R"({"__metadata__":[]})", "__metadata__: expected an object, found an array"},
        BadHeader{R"({"a":{"dtype":"F33","shape":[4],"data_offsets":[0,16]}})", "'F33' is no type"},
        BadHeader{R"({"a":{"dtype":4,"shape":[4],"data_offsets":[0,16]}})",
                  "dtype: expected a string, found 4"},
        BadHeader{R"({"a":{"dtype":"F32","shape":4,"data_offsets":[0,16]}})",
                  "shape: expected an array, found 4"},
        BadHeader{R"({"a":{"dtype":"F32","shape":[-4],"data_offsets":[0,16]}})", "found -4"},
        BadHeader{R"({"a":{"dtype":"F32","shape":[4.0],"data_offsets":[0,16]}})", "found 4.0"},
        BadHeader{R"({"a":{"dtype":"F32","shape":[[4]],"data_offsets":[0,16]}})", "found an array"},
        BadHeader{R"({"a":{"dtype":"F32","shape":["4"],"data_offsets":[0,16]}})", "found a string"},
        BadHeader{R"({"a":{"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,16]}})",
                  "found 18446744073709551615"},
        BadHeader{R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,16]}})",
                  "larger than any memory"},
        BadHeader{R"({"a":{"dtype":"F32","shape":[2305843009213693953],"data_offsets":[0,4]}})",
                  "larger than any memory"},
        BadHeader{R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,16]}})",
                  "F32 [3] takes 12 bytes, but its data_offsets span 16"},
        BadHeader{R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16,32]}})",
                  "expected two numbers, found 3"},
        BadHeader{R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[16,0]}})", "reversed (16 to 0)"},
        BadHeader{R"({"a":{"dtype":"F32","shape":[5],"data_offsets":[0,20]}})",
                  "ends at byte 20 of the data, but the file has only 16"},
        BadHeader{R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}})", "bytes belong to no tensor"},
        BadHeader{R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})",
                  "8 bytes follow the last tensor"},
        BadHeader{
            R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})",
            "tensor 'b' begins at byte 8 of the data where 16 was expected (it overlaps another tensor)"},
        BadHeader{"{\"\xFF\":{}}", "syntax error"}, BadHeader{R"({"a\nb":{}})", R"(tensor 'a\nb')"}));

TEST(Safetensors, TypesThatAreNotReadAreUnsupported) {
  const TemporaryFolder folder;
  const auto bytes =
      safetensors_bytes(R"({"w":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}})", "1234");
  EXPECT_THAT(load_failure(folder, bytes),
              AllOf(StartsWith("unsupported: "), HasSubstr("'w'"), HasSubstr("F8_E4M3")));
}

TEST(Safetensors, DeepNestingIsRefusedAtOnce) {
  const TemporaryFolder folder;
  EXPECT_THAT(load_failure(folder, safetensors_bytes("{\"a\":" + std::string(1'000'000, '['), "")),
              StartsWith("usage: "));
}

TEST(Safetensors, ManyTensorsTakeLinearTime) {
  const TemporaryFolder folder;
  std::string header = "{";
  constexpr int kMany = 50'000;
  for (int i = 0; i < kMany; ++i) {
    header +=
        (i > 0 ? ",\"" : "\"") + std::to_string(i) + R"(":{"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
  }
  EXPECT_EQ(load_failure(folder, safetensors_bytes(header + "}", "")), "no error");
}

TEST(Safetensors, MissingFileAndFolder) {
  const TemporaryFolder folder;
  EXPECT_THAT(failure_text([&] { SafetensorsFile file(folder.path() / "none"); }), StartsWith("usage: "));
  EXPECT_THAT(failure_text([&] { SafetensorsFile file(folder.path()); }), StartsWith("usage: "));
}

TEST(WriteSafetensors, ComesBackTheSameAndAligned) {
  const TemporaryFolder folder;
  NamedTensors tensors;
  tensors.emplace("output", HostTensor::from_f32({2, 3}, std::array{0.0F, -1.5F, 2.0F, 3.0F, 4.0F, 5.0F}));
  tensors.emplace("input_ids", HostTensor::from_i64({1, 2}, std::array<std::int64_t, 2>{-1, 101}));
  tensors.emplace("flag", HostTensor(DType::Bool, {3}));
  tensors.emplace("none", HostTensor(DType::F32, {0, 4}));
  tensors.emplace("a \"quoted\"\nname", HostTensor(DType::F16, {}));
  const auto path = write_safetensors(folder.path() / "out.safetensors", tensors, {{"model", "biobert"}});
  EXPECT_EQ(path, folder.path() / "out.safetensors");

  const SafetensorsFile file(path);
  EXPECT_EQ(file.metadata().at("model"), "biobert");
  ASSERT_EQ(file.tensors().size(), tensors.size());
  for (const auto& [name, tensor] : tensors) {
    const TensorView& view = file.tensors().at(name);
    EXPECT_EQ(view.dtype, tensor.dtype());
    EXPECT_EQ(view.shape, tensor.shape());
    ASSERT_EQ(view.data.size(), tensor.bytes().size());
    EXPECT_TRUE(std::equal(view.data.begin(), view.data.end(), tensor.bytes().begin()));
    const auto offset = static_cast<std::size_t>(view.data.data() - file.file().bytes().data());
    EXPECT_EQ(offset % size_of(view.dtype), 0U) << name;
  }
}

// In KiB, of this process.
std::int64_t memory_field(const std::string& key) {
  const std::string status = read_text_file("/proc/self/status");
  const auto at = status.find(key + ":");
  return at == std::string::npos ? -1 : std::stoll(status.substr(at + key.size() + 1));
}

TEST(WriteSafetensors, CopiesNoTensor) {
  constexpr std::int64_t kMebibytes = 64;
  const TemporaryFolder folder;
  NamedTensors tensors;
  HostTensor large(DType::F32, {kMebibytes, 262'144});
  std::ranges::fill(large.bytes(), std::byte{0x3F});
  tensors.emplace("large", std::move(large));
  // Starts the peak anew; only the owner of the process may.
  if (!(std::ofstream("/proc/self/clear_refs") << "5" << std::flush)) {
    GTEST_SKIP() << "the kernel does not let this process reset its peak memory";
  }
  const std::int64_t before = memory_field("VmRSS");
  write_safetensors(folder.path() / "large.safetensors", tensors);
  EXPECT_LT(memory_field("VmHWM") - before, kMebibytes * 1024 / 2);
}

TEST(WriteSafetensors, NeverOverwrites) {
  const TemporaryFolder folder;
  const auto first = write_safetensors(folder.path() / "t.safetensors", {});
  const auto second = write_safetensors(folder.path() / "t.safetensors", {});
  EXPECT_NE(first, second);
  EXPECT_TRUE(SafetensorsFile(second).tensors().empty());
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 2);
}

}  // namespace
}  // namespace medbench
