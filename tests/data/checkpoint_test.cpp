#include "data/checkpoint.hpp"

#include <array>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "data/weights_folder.hpp"
#include "ir/builder.hpp"
#include "tests/data/safetensors_builder.hpp"
#include "tests/data/torch_builder.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::failure_text;
using ::testing::HasSubstr;
using testing::Shapes;
using ::testing::StartsWith;
using testing::TemporaryFolder;
using testing::write_zeros;

// One linear layer [6, 4] whose weight is two tensors of three rows.
ir::Graph two_part_graph() {
  ir::GraphBuilder builder("g");
  const auto x = builder.input("x", DType::F32, {ir::kBatch, 4});
  const auto weight = builder.parameter("w", {6, 4}, DType::F32, {"q.weight", "k.weight"});
  builder.output("output", builder.linear(x, weight, builder.parameter("b", {6})));
  return builder.build();
}

constexpr std::array kRenamings{Renaming{Renaming::Place::Start, "bert.", ""},
                                Renaming{Renaming::Place::End, "LayerNorm.gamma", "LayerNorm.weight"},
                                Renaming{Renaming::Place::End, "LayerNorm.beta", "LayerNorm.bias"}};

std::string check_failure(const TemporaryFolder& folder, const Shapes& shapes, DType dtype = DType::F32) {
  write_zeros(folder.path(), shapes, "model.safetensors", dtype);
  return failure_text([&] { Checkpoint(folder.path(), kRenamings).check(two_part_graph()); });
}

TEST(CanonicalName, TakesEveryRenamingOnce) {
  const auto canonical = [](std::string_view name) { return canonical_parameter_name(name, kRenamings); };
  EXPECT_EQ(canonical("bert.pooler.dense.bias"), "pooler.dense.bias");
  EXPECT_EQ(canonical("pooler.dense.bias"), "pooler.dense.bias");
  EXPECT_EQ(canonical("bert.embeddings.LayerNorm.gamma"), "embeddings.LayerNorm.weight");
  EXPECT_EQ(canonical("embeddings.LayerNorm.beta"), "embeddings.LayerNorm.bias");
  EXPECT_EQ(canonical("other.gamma"), "other.gamma");
  EXPECT_EQ(canonical("bert.bert.x"), "bert.x");
  EXPECT_EQ(canonical_parameter_name("bert.x.LayerNorm.gamma", {}), "bert.x.LayerNorm.gamma");
}

TEST(Checkpoint, ReadsViewsThatOutliveIt) {
  const TemporaryFolder folder;
  NamedTensors tensors;
  tensors.emplace("bert.x.LayerNorm.gamma", HostTensor::from_f32({2}, std::array{1.5F, -2.0F}));
  write_safetensors(folder.path() / "model.safetensors", tensors);
  auto checkpoint = std::make_unique<Checkpoint>(folder.path(), kRenamings);
  EXPECT_EQ(checkpoint->kind(), "checkpoint");
  EXPECT_TRUE(checkpoint->contains("x.LayerNorm.weight"));
  EXPECT_FALSE(checkpoint->contains("bert.x.LayerNorm.gamma"));
  const auto data = checkpoint->read("x.LayerNorm.weight");
  static_cast<void>(
      checkpoint->read("x.LayerNorm.weight"));  // dropped at once, which must not hurt the first
  checkpoint.reset();
  EXPECT_THAT(to_float(data.view), ElementsAre(1.5F, -2.0F));
}

TEST(Checkpoint, MissingTensorNamesItAndTheFolder) {
  const TemporaryFolder folder;
  write_zeros(folder.path(), {{"x", {1}}});
  EXPECT_THAT(
      failure_text([&] { static_cast<void>(Checkpoint(folder.path(), kRenamings).read("y.weight")); }),
      AllOf(StartsWith("usage: " + folder.path().string()), HasSubstr("'y.weight'")));
}

TEST(Checkpoint, TwoTensorsForOneParameterAreRefused) {
  const TemporaryFolder folder;
  write_zeros(folder.path(), {{"bert.x", {1}}, {"x", {1}}});
  EXPECT_NO_THROW(Checkpoint(folder.path(), kRenamings));  // they are one
  write_zeros(folder.path(), {{"bert.x", {1}}, {"x", {2}}});
  EXPECT_THAT(failure_text([&] { Checkpoint checkpoint(folder.path(), kRenamings); }),
              AllOf(StartsWith("usage: "), HasSubstr("'bert.x' and 'x' are the same parameter")));
}

TEST(Checkpoint, NoWeightsAndOtherFormats) {
  const TemporaryFolder folder;
  const auto failure = [&] {
    return failure_text([&] { Checkpoint checkpoint(folder.path(), kRenamings); });
  };
  EXPECT_THAT(failure(),
              AllOf(StartsWith("usage: "),
                    HasSubstr("no weights there: neither model.safetensors nor pytorch_model.bin")));
  EXPECT_FALSE(has_readable_weights(folder.path()));
  folder.write("tf_model.h5", "x");
  EXPECT_THAT(failure(), AllOf(HasSubstr("only tf_model.h5"), HasSubstr("from_tf=True")));
  EXPECT_FALSE(has_readable_weights(folder.path()));
}

NamedTensors one_tensor(float value) {
  NamedTensors tensors;
  tensors.emplace("w", HostTensor::from_f32({1}, std::array{value}));
  return tensors;
}

TEST(Checkpoint, TakesTheFirstOfAFoldersFormats) {
  const TemporaryFolder folder;
  const auto value = [&] { return to_float(Checkpoint(folder.path()).read("w").view).at(0); };
  const auto shard = [&](std::string_view name, float number) {
    folder.write(name, testing::unaligned_torch_file(one_tensor(number)));
  };
  EXPECT_FALSE(has_readable_weights(folder.path()));
  shard("shard.bin", 1);
  folder.write("pytorch_model.bin.index.json", R"({"weight_map": {"w": "shard.bin"}})");
  EXPECT_TRUE(has_readable_weights(folder.path()));
  EXPECT_EQ(value(), 1);
  shard("pytorch_model.bin", 2);
  EXPECT_EQ(value(), 2);
  write_safetensors(folder.path() / "shard.safetensors", one_tensor(3));
  folder.write("model.safetensors.index.json", R"({"weight_map": {"w": "shard.safetensors"}})");
  EXPECT_EQ(value(), 3);
  write_safetensors(folder.path() / "model.safetensors", one_tensor(4));
  EXPECT_EQ(value(), 4);
}

TEST(Checkpoint, ReadsAlignedCopiesThatOutliveIt) {
  const TemporaryFolder folder;
  NamedTensors tensors;
  std::vector<float> numbers(5000);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i);
  tensors.emplace("w", HostTensor::from_f32({5000}, numbers));
  const auto path = folder.write("w.pth", testing::unaligned_torch_file(tensors));
  auto checkpoint = std::make_unique<Checkpoint>(path);
  const auto first = checkpoint->read("w");
  const auto second = checkpoint->read("w");  // whose pages were let go
  checkpoint.reset();
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(first.view.data.data()) % sizeof(float), 0U);
  EXPECT_EQ(to_float(first.view), numbers);
  EXPECT_EQ(to_float(second.view), numbers);
}

TEST(CheckpointCheck, AcceptsPartsHalfPrecisionAndTensorsThatAreNotUsed) {
  const TemporaryFolder folder;
  const Shapes shapes{
      {"q.weight", {3, 4}}, {"bert.k.weight", {3, 4}}, {"b", {6}}, {"cls.predictions.bias", {9}}};
  for (const DType dtype : {DType::F32, DType::F16, DType::BF16}) {
    EXPECT_EQ(check_failure(folder, shapes, dtype), "no error") << to_string(dtype);
  }
  EXPECT_THAT(check_failure(folder, shapes, DType::I32), AllOf(StartsWith("usage: "), HasSubstr("is I32")));
}

TEST(CheckpointCheck, NamesTensorShapesAndFile) {
  const TemporaryFolder folder;
  const std::string file = (folder.path() / "model.safetensors").string();
  EXPECT_THAT(check_failure(folder, {{"q.weight", {3, 4}}, {"k.weight", {3, 4}}, {"bert.b", {5}}}),
              AllOf(StartsWith("usage: " + file), HasSubstr("'bert.b' has shape [5]"), HasSubstr("[6]")));
  EXPECT_THAT(check_failure(folder, {{"q.weight", {3, 5}}, {"k.weight", {3, 4}}, {"b", {6}}}),
              HasSubstr("'q.weight' has shape [3, 5]"));
  EXPECT_THAT(check_failure(folder, {{"q.weight", {3, 4}}, {"k.weight", {2, 4}}, {"b", {6}}}),
              HasSubstr("'k.weight' has shape [2, 4]"));
  EXPECT_THAT(check_failure(folder, {{"q.weight", {7, 4}}, {"k.weight", {3, 4}}, {"b", {6}}}),
              HasSubstr("'q.weight' has shape [7, 4]"));
  EXPECT_THAT(check_failure(folder, {{"q.weight", {}}, {"k.weight", {3, 4}}, {"b", {6}}}),
              HasSubstr("'q.weight' has shape []"));
  EXPECT_THAT(check_failure(folder, {{"q.weight", {3, 4}}, {"k.weight", {3, 4}}}),
              HasSubstr("no tensor 'b'"));
}

TEST(ShardedCheckpoint, FollowsTheIndex) {
  const TemporaryFolder folder;
  write_zeros(folder.path(), {{"q.weight", {3, 4}}, {"b", {1}}}, "one.safetensors");
  write_zeros(folder.path(), {{"bert.k.weight", {3, 4}}, {"b", {6}}}, "two.safetensors");
  folder.write(
      "model.safetensors.index.json",
      R"({"metadata":{},"weight_map":{"q.weight":"one.safetensors","bert.k.weight":"two.safetensors","b":"two.safetensors"}})");
  Checkpoint checkpoint(folder.path(), kRenamings);
  checkpoint.check(two_part_graph());
  EXPECT_THAT(checkpoint.read("b").view.shape, ElementsAre(6));
}

TEST(ShardedCheckpoint, BrokenIndexes) {
  const TemporaryFolder folder;
  write_zeros(folder.path(), {{"a", {1}}}, "one.safetensors");
  const auto failure = [&](std::string_view index) {
    folder.write("model.safetensors.index.json", index);
    return failure_text([&] { Checkpoint checkpoint(folder.path(), kRenamings); });
  };
  EXPECT_EQ(failure(R"({"weight_map":{"a":"one.safetensors"}})"), "no error");
  EXPECT_THAT(failure("{"), StartsWith("usage: "));
  EXPECT_THAT(failure("[]"), HasSubstr("\"weight_map\" must be an object"));
  EXPECT_THAT(failure(R"({"weight_map":[]})"), HasSubstr("\"weight_map\" must be an object"));
  EXPECT_THAT(failure(R"({"weight_map":{"a":1}})"), HasSubstr("no name of a file"));
  EXPECT_THAT(failure(R"({"weight_map":{"a":"../one.safetensors"}})"), HasSubstr("no name of a file"));
  EXPECT_THAT(failure(R"({"weight_map":{"a":".."}})"), HasSubstr("no name of a file"));
  EXPECT_THAT(failure(R"({"weight_map":{"a":"/etc/passwd"}})"), HasSubstr("no name of a file"));
  EXPECT_THAT(failure(R"({"weight_map":{"a":"two.safetensors"}})"),
              HasSubstr("index.json: two.safetensors is not in that folder; download the checkpoint again"));
  std::filesystem::create_symlink("../../blobs/abc", folder.path() / "two.safetensors");
  EXPECT_THAT(failure(R"({"weight_map":{"a":"two.safetensors"}})"), HasSubstr("a link to ../../blobs/abc"));
  std::filesystem::remove(folder.path() / "two.safetensors");
  std::filesystem::create_symlink("one.safetensors",
                                  folder.path() / "two.safetensors");  // as the hub's cache has it
  EXPECT_EQ(failure(R"({"weight_map":{"a":"two.safetensors"}})"), "no error");
  EXPECT_THAT(failure(R"({"weight_map":{"b":"one.safetensors"}})"),
              HasSubstr("'b' is not in one.safetensors"));
}

TEST(Checkpoint, TheRealOneIsReadWhole) {
  Checkpoint checkpoint(testing::minilm_folder());
  const auto words = checkpoint.read("embeddings.word_embeddings.weight");
  EXPECT_THAT(words.view.shape, ElementsAre(30522, 384));
  EXPECT_TRUE(checkpoint.contains("pooler.dense.weight"));
  EXPECT_TRUE(checkpoint.contains("encoder.layer.5.output.LayerNorm.bias"));
  EXPECT_FALSE(checkpoint.contains("encoder.layer.6.output.LayerNorm.bias"));
}

// Resident kilobytes of this process's mappings of model.safetensors.
long resident_kb() {
  std::ifstream maps("/proc/self/smaps");
  std::string line;
  long total = 0;
  bool inside = false;
  while (std::getline(maps, line)) {
    if (line.find('-') < line.find(' ')) inside = line.ends_with("/model.safetensors");
    if (inside && line.starts_with("Rss:")) total += std::stol(line.substr(4));
  }
  return total;
}

TEST(Checkpoint, EvictsNothing) {
  Checkpoint checkpoint(testing::minilm_folder());
  constexpr std::size_t kPage = 4096;
  unsigned sum = 0;
  long read_kb = 0;
  for (int layer = 0; layer < 6; ++layer) {
    const auto data =
        checkpoint.read("encoder.layer." + std::to_string(layer) + ".intermediate.dense.weight");
    for (std::size_t i = 0; i < data.view.data.size(); i += kPage)
      sum += std::to_integer<unsigned>(data.view.data[i]);
    read_kb += static_cast<long>(data.view.data.size() / 1024);
  }
  EXPECT_GE(resident_kb(), read_kb) << "what was let go of counts on";
  EXPECT_GT(sum, 0U);
}

}  // namespace
}  // namespace medbench
