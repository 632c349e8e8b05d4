#include "models/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/model.hpp"
#include "models/suggestion.hpp"
#include "tests/models/tiny_model.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::failure_text;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
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

// What a hub would have, written into the cache.
class RegistryWithHub : public Registry {
 protected:
  [[nodiscard]] FetchModel hub() {
    return [this](const std::string& hub_id, const std::string& revision) {
      fetched.push_back(hub_id + " " + revision);
      if (!problem.empty()) throw environment_error("{}", problem);
      std::string entry = "hub/models--" + hub_id;
      entry.replace(entry.find('/', 4), 1, "--");
      const std::string commit(40, 'c');
      root.write(entry + "/refs/" + revision, commit);
      write_model(root, entry + "/snapshots/" + commit, tiny_bert_config());
      root.write(entry + "/snapshots/" + commit + "/vocab.txt", "[PAD]\n");
    };
  }
  ResolvedModel resolve(std::string_view asked, const WeightsChoice& weights = {}) {
    return resolve_model(asked, weights, hub());
  }
  static WeightsChoice at(const std::string& revision, WeightsPolicy policy = WeightsPolicy::Auto) {
    WeightsChoice choice(policy);
    choice.revision = revision;
    return choice;
  }

  std::vector<std::string> fetched;
  std::string problem;
};

TEST_F(RegistryWithHub, WhatIsNotHereIsFetchedOnce) {
  const ResolvedModel resolved = resolve("biobert");
  EXPECT_FALSE(resolved.synthetic);
  EXPECT_EQ(resolved.note, "");
  EXPECT_EQ(resolved.reference.revision, "main");
  EXPECT_EQ(resolved.reference.commit, std::string(40, 'c'));
  EXPECT_THAT(fetched, ElementsAre("monologg/biobert_v1.1_pubmed main"));
  resolve("biobert");
  resolve("org/tiny", WeightsPolicy::Require);
  EXPECT_THAT(fetched, ElementsAre(fetched[0], "org/tiny main"));
}

TEST_F(RegistryWithHub, WhatCannotBeFetchedSaysWhy) {
  problem = "the network is down";
  EXPECT_THAT(resolve("biobert").note, AllOf(HasSubstr("SYNTHETIC WEIGHTS"),
                                             HasSubstr("it could not be downloaded: the network is down")));
  for (const std::string_view asked : {"biobert", "org/tiny"}) {
    EXPECT_THAT(failure_text([&] { resolve(asked, WeightsPolicy::Require); }),
                AllOf(StartsWith("usage: "), HasSubstr("the network is down")));
  }
}

TEST_F(RegistryWithHub, AnInterruptionIsNoReasonToGoOn) {
  EXPECT_THAT(failure_text([] {
                resolve_model("biobert", WeightsPolicy::Auto, [](const std::string&, const std::string&) {
                  throw runtime_failure("interrupted");
                });
              }),
              HasSubstr("interrupted"));
}

TEST_F(RegistryWithHub, WhatIsAmbiguousIsFetchedAndElseUsed) {
  for (const char* name : {"aaa", "bbb"})
    write_model(root, std::string("hub/models--org--tiny/snapshots/") + name, tiny_bert_config());
  problem = "the network is down";
  const ResolvedModel resolved = resolve("org/tiny");
  EXPECT_EQ(resolved.reference.commit, "aaa");
  EXPECT_EQ(resolved.reference.revision, std::nullopt);
  EXPECT_THAT(resolved.note,
              AllOf(HasSubstr("2 snapshots"), HasSubstr("the network is down"), HasSubstr("goes on with")));
  problem.clear();
  EXPECT_EQ(resolve("org/tiny").reference.commit, std::string(40, 'c'));
}

TEST_F(RegistryWithHub, NothingIsFetchedForWhatIsNoModelOfTheHub) {
  write_model(root, "m", tiny_bert_config());
  resolve(folder("m"));
  resolve("tiny");
  resolve("biobert", WeightsPolicy::Synthetic);
  EXPECT_THAT(failure_text([&] { resolve("bioberd"); }), HasSubstr("did you mean biobert?"));
  EXPECT_THAT(failure_text([&] { resolve("org/tiny", WeightsPolicy::Synthetic); }),
              HasSubstr("not in the hub cache"));
  EXPECT_THAT(failure_text([&] { resolve("a//b"); }), HasSubstr("no folder, no hub id"));
  EXPECT_THAT(fetched, IsEmpty());
}

TEST_F(RegistryWithHub, ATokenizerIsFetchedWhereTextsNeedIt) {
  resolve("org/tiny");
  std::filesystem::remove(*resolve("org/tiny").reference.folder + "/vocab.txt");
  WeightsChoice texts;
  texts.with_tokenizer = true;
  resolve("org/tiny");
  EXPECT_EQ(fetched.size(), 1U);
  problem = "the network is down";
  EXPECT_THAT(resolve("org/tiny", texts).note,
              HasSubstr("the tokenizer is not in the hub cache and could not be downloaded"));
  problem.clear();
  EXPECT_EQ(resolve("org/tiny", texts).note, "");
}

TEST_F(RegistryWithHub, ARevisionIsThatAndNoOther) {
  write_model(root, "hub/models--org--tiny/snapshots/aaa", tiny_bert_config());
  const ResolvedModel resolved = resolve("org/tiny", at("v1"));
  EXPECT_EQ(resolved.reference.revision, "v1");
  EXPECT_EQ(resolved.reference.commit, std::string(40, 'c'));
  problem = "the network is down";
  EXPECT_THAT(failure_text([&] { resolve("org/tiny", at("v2")); }),
              HasSubstr("org/tiny at revision 'v2' is not in the hub cache"));
  for (const std::string& asked : {std::string("tiny"), folder("m")})
    EXPECT_THAT(failure_text([&] { resolve(asked, at("v1")); }), HasSubstr("leave --revision out"));
  EXPECT_THAT(failure_text([&] { resolve("biobert", at("v1", WeightsPolicy::Synthetic)); }),
              HasSubstr("leave --revision out"));
}

TEST_F(RegistryWithHub, AllThatIsMissingIsNamed) {
  const std::string snapshot = "hub/models--monologg--biobert_v1.1_pubmed/snapshots/abc";
  root.write(snapshot + "/model.safetensors.index.json",
             R"({"weight_map": {"a": "m-1.safetensors", "b": "m-2.safetensors"}})");
  problem = "HF_HUB_OFFLINE is set";
  EXPECT_THAT(resolve("biobert").note,
              AllOf(HasSubstr("m-1.safetensors, m-2.safetensors of the weights are missing"),
                    HasSubstr("no config.json"), HasSubstr("HF_HUB_OFFLINE is set")));
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
