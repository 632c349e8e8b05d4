#include "models/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/model.hpp"
#include "models/suggestion.hpp"
#include "tests/models/tiny_model.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using testing::failure_text;
using ::testing::HasSubstr;
using testing::ScopedEnvironment;
using ::testing::StartsWith;
using testing::TemporaryFolder;
using testing::tiny_bert_config;
using testing::write_model;

class Registry : public ::testing::Test {
 protected:
  [[nodiscard]] std::string failure(std::string_view asked,
                                    WeightsPolicy policy = WeightsPolicy::Auto) const {
    return failure_text([&] { static_cast<void>(resolve_model(asked, policy)); });
  }
  [[nodiscard]] std::string folder(std::string_view name) const { return (root.path() / name).string(); }

  TemporaryFolder root;
  ScopedEnvironment cache{"HF_HUB_CACHE", (root.path() / "hub").string()};
};

TEST(ModelTable, HasTheNamedModels) {
  ASSERT_EQ(model_table().size(), 10U);
  EXPECT_EQ(find_named_model("biobert")->hub_id, "monologg/biobert_v1.1_pubmed");
  EXPECT_EQ(find_named_model("emilyalsentzer/Bio_ClinicalBERT")->name, "clinicalbert");
  EXPECT_EQ(find_named_model("distilbert/distilbert-base-cased")->name, "distilbert");
  EXPECT_EQ(find_named_model("bert"), nullptr);
}

TEST_F(Registry, NamedModelWithoutCheckpointIsSyntheticAndLoud) {
  for (const std::string_view name : {"biobert", "monologg/biobert_v1.1_pubmed"}) {
    const ResolvedModel resolved = resolve_model(name, WeightsPolicy::Auto);
    EXPECT_TRUE(resolved.synthetic);
    EXPECT_EQ(resolved.reference.name, name);
    EXPECT_EQ(resolved.reference.folder, std::nullopt);
    EXPECT_THAT(resolved.note, AllOf(HasSubstr("SYNTHETIC WEIGHTS"),
                                     HasSubstr("monologg/biobert_v1.1_pubmed"), HasSubstr(folder("hub"))));
    EXPECT_THAT(failure(name, WeightsPolicy::Require),
                AllOf(StartsWith("usage: "), HasSubstr("--weights require")));
  }
  const ResolvedModel wanted = resolve_model("biobert", WeightsPolicy::Synthetic);
  EXPECT_TRUE(wanted.synthetic);
  EXPECT_EQ(wanted.note, "");
}

TEST_F(Registry, NamedModelInTheHubCacheObeysItsOwnConfig) {
  const std::string snapshot = "hub/models--monologg--biobert_v1.1_pubmed/snapshots/abc";
  write_model(root, snapshot, tiny_bert_config());
  const ResolvedModel resolved = resolve_model("biobert", WeightsPolicy::Require);
  EXPECT_FALSE(resolved.synthetic);
  EXPECT_EQ(resolved.note, "");
  EXPECT_EQ(resolved.reference.name, "biobert");
  EXPECT_EQ(resolved.reference.folder, folder(snapshot));
  EXPECT_EQ(load_model(resolved.reference, {}, 0).inputs[0].domain.most, 119);
  EXPECT_TRUE(resolve_model("biobert", WeightsPolicy::Synthetic).synthetic);
}

TEST_F(Registry, NamedModelInTheHubCacheWithoutReadableWeightsIsSynthetic) {
  root.write("hub/models--monologg--biobert_v1.1_pubmed/snapshots/abc/config.json", "{}");
  root.write("hub/models--monologg--biobert_v1.1_pubmed/snapshots/abc/tf_model.h5", "x");
  const ResolvedModel resolved = resolve_model("biobert", WeightsPolicy::Auto);
  EXPECT_TRUE(resolved.synthetic);
  EXPECT_THAT(resolved.note, HasSubstr("snapshots/abc"));
  EXPECT_THAT(failure("biobert", WeightsPolicy::Require), StartsWith("usage: "));
}

TEST_F(Registry, HubIdInTheCache) {
  write_model(root, "hub/models--org--tiny/snapshots/abc", tiny_bert_config());
  const ResolvedModel resolved = resolve_model("org/tiny", WeightsPolicy::Auto);
  EXPECT_EQ(resolved.reference.name, "org/tiny");
  EXPECT_EQ(resolved.reference.folder, folder("hub/models--org--tiny/snapshots/abc"));
  EXPECT_THAT(failure("org/tiny", WeightsPolicy::Synthetic),
              HasSubstr("synthetic weights are made only for: biobert, clinicalbert, distilbert"));
  EXPECT_THAT(failure("org/other"),
              AllOf(StartsWith("usage: "), HasSubstr("not in the hub cache " + folder("hub"))));
}

TEST_F(Registry, Folders) {
  write_model(root, "m", tiny_bert_config());
  const ResolvedModel resolved = resolve_model(folder("m/../m"), WeightsPolicy::Require);
  EXPECT_EQ(resolved.reference.name, folder("m/../m"));
  EXPECT_EQ(resolved.reference.folder, folder("m"));
  EXPECT_THAT(failure(folder("none")), HasSubstr("there is no such folder"));
  EXPECT_THAT(failure("./none"), HasSubstr("there is no such folder"));
  EXPECT_THAT(failure(folder("m/config.json")), HasSubstr("it is a file"));
  EXPECT_THAT(failure(folder("m"), WeightsPolicy::Synthetic), HasSubstr("synthetic"));
  std::filesystem::create_directory(folder("empty"));
  EXPECT_THAT(failure(folder("empty")), HasSubstr("no config.json"));
}

TEST_F(Registry, UnknownNamesGetASuggestion) {
  EXPECT_THAT(failure("BioBERT"), AllOf(StartsWith("usage: "), HasSubstr("did you mean biobert?")));
  EXPECT_THAT(failure("clinicbert"), HasSubstr("did you mean clinicalbert?"));
  EXPECT_THAT(failure("emilyalsentzer/BioClinicalBERT"),
              HasSubstr("did you mean emilyalsentzer/Bio_ClinicalBERT?"));
  EXPECT_THAT(failure("vgg"),
              AllOf(HasSubstr("biobert, clinicalbert"), ::testing::Not(HasSubstr("did you mean"))));
  for (const std::string& bad : {std::string(), std::string("a\0b", 3), std::string("a b\n"),
                                 std::string(100'000, 'x'), std::string("a//b")}) {
    const std::string text = failure(bad);
    EXPECT_THAT(text, StartsWith("usage: "));
    EXPECT_EQ(text.find('\n'), std::string::npos);
    EXPECT_LT(text.size(), 1000U);
  }
}

TEST(NearestName, TakesTheClosestWithinAThird) {
  const std::vector<std::string_view> names{"torch", "onnxruntime"};
  EXPECT_EQ(nearest_name("tosch", names), "torch");
  EXPECT_EQ(nearest_name("ONNXRuntime", names), "onnxruntime");
  EXPECT_EQ(nearest_name("tops", names), std::nullopt);
  EXPECT_EQ(nearest_name("", names), std::nullopt);
}

}  // namespace
}  // namespace medbench
