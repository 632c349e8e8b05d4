#include "job/workload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"

namespace medbench {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

Workload some_work() {
  return {.model = {.name = "biobert", .folder = {}},
          .axes = {{Axis::Batch, 4}, {Axis::Seq, 128}},
          .data = TextData{.file = "/notes.txt"},
          .seed = 42};
}

TEST(Workload, IsTheSameWhereverTheModelLies) {
  Workload here = some_work();
  Workload there = some_work();
  here.model.folder = "/a/biobert";
  EXPECT_NE(here, there);  // weights of a checkpoint and synthetic ones
  there.model.folder = "/b/biobert";
  EXPECT_EQ(here, there);
  EXPECT_EQ(find_difference(here, there), std::nullopt);
}

TEST(Workload, TellsModelsOfTheHubByTheirCommitWhereItIsKnown) {
  Workload a = some_work();
  a.model = {.name = "org/name", .folder = "/a", .revision = "main", .commit = "aaa"};
  Workload b = a;
  b.model.revision = "v1";
  b.model.folder = "/elsewhere";
  EXPECT_EQ(a, b);
  b.model.commit = "bbb";
  EXPECT_NE(a, b);
  b.model.commit.reset();  // of an earlier version
  EXPECT_EQ(a, b);
  const Workload read = workload_from_json(to_json(a), "test");
  EXPECT_EQ(read.model.revision, "main");
  EXPECT_EQ(read.model.commit, "aaa");
}

TEST(Workload, TellsNetworksByTheirSettingsAndWhetherWeightsWereGiven) {
  Workload plain = some_work();
  Workload other = some_work();
  other.model.config = {{"groups", 2}, {"depthwise", true}};
  EXPECT_THAT(find_difference(plain, other),
              Optional(HasSubstr(R"(biobert and biobert with {"groups":2,"depthwise":true})")));
  EXPECT_EQ(workload_from_json(to_json(other), "job"), other);
  other.model.config = Json::object();
  other.model.weights = "/a/file.safetensors";
  EXPECT_NE(plain, other);
  plain.model.weights = "/b/file.safetensors";
  EXPECT_EQ(plain, other);
  EXPECT_EQ(workload_from_json(to_json(other), "job"), other);
  EXPECT_EQ(to_json(some_work()).at("model"), Json::parse(R"({"name": "biobert"})"));
  const Json broken = Json::parse(R"({"model": {"name": "x", "config": 3}, "batch_size": 1, "seed": 1})");
  EXPECT_THROW(workload_from_json(broken, "job"), Error);
}

TEST(Workload, EveryTraitThatDiffersIsNamed) {
  const auto difference = [](auto change) {
    Workload other = some_work();
    change(other);
    EXPECT_NE(other, some_work());
    return find_difference(some_work(), other);
  };
  EXPECT_THAT(difference([](Workload& w) { w.model.name = "clinicalbert"; }),
              Optional(HasSubstr("the model differs, biobert and clinicalbert")));
  EXPECT_THAT(difference([](Workload& w) { w.axes.set(Axis::Batch, 8); }),
              Optional(HasSubstr("the batch size differs, 4 and 8")));
  EXPECT_THAT(difference([](Workload& w) { w.axes.set(Axis::Seq, 64); }),
              Optional(HasSubstr("the sequence length differs, 128 and 64")));
  EXPECT_THAT(difference([](Workload& w) { w.axes.set(Axis::Width, 64); }),
              Optional(HasSubstr("the width differs, 0 and 64")));
  EXPECT_THAT(difference([](Workload& w) { w.data = RandomData{}; }),
              Optional(HasSubstr("the source of inputs differs, the texts of /notes.txt, padding fixed, "
                                 "batch order given, at most 32 "
                                 "batches and random")));
  EXPECT_THAT(difference([](Workload& w) { std::get<TextData>(w.data).padding = Padding::Longest; }),
              Optional(HasSubstr("padding longest")));
  EXPECT_THAT(difference([](Workload& w) { std::get<TextData>(w.data).order = BatchOrder::Length; }),
              Optional(HasSubstr("batch order length")));
  EXPECT_THAT(difference([](Workload& w) { std::get<TextData>(w.data).batches = 7; }),
              Optional(HasSubstr("at most 7 batches")));
  EXPECT_THAT(difference([](Workload& w) { std::get<TextData>(w.data).batches = kAllTextBatches; }),
              Optional(HasSubstr("all batches")));
  EXPECT_THAT(difference([](Workload& w) { std::get<TextData>(w.data).column = "note"; }),
              Optional(HasSubstr("column note")));
  EXPECT_THAT(difference([](Workload& w) { w.seed = 7; }), Optional(HasSubstr("the seed differs, 42 and 7")));
}

TEST(Workload, TheContentOfTextsCountsAndNotTheirName) {
  const auto with = [](const char* file, const char* hash) {
    Workload work = some_work();
    work.data = TextData{.file = file, .hash = hash};
    return work;
  };
  EXPECT_EQ(with("/a", "0011223344"), with("/b", "0011223344"));
  EXPECT_EQ(with("/a", ""), with("/a", "0011223344"));  // of an earlier version
  EXPECT_NE(with("/a", ""), with("/b", "0011223344"));
  EXPECT_THAT(
      find_difference(with("/a", "0011223344"), with("/a", "5566778899")),
      Optional(HasSubstr(
          "the texts of /a (content 00112233), padding fixed, batch order given, at most 32 batches and the "
          "texts of /a (content 55667788)")));
  const Workload work = with("/a", "0011223344");
  EXPECT_EQ(workload_from_json(to_json(work), "work").text()->hash, "0011223344");
}

TEST(Workload, SaysHowTextsFillTheBatches) {
  Workload work = some_work();
  work.data = TextData{.file = "/a", .order = BatchOrder::Length, .batches = kAllTextBatches};
  Json json = to_json(work);
  EXPECT_EQ(json.at("text").at("batch_order"), "length");
  EXPECT_EQ(json.at("text").at("batches"), "all");
  EXPECT_EQ(workload_from_json(json, "job"), work);
  std::get<TextData>(work.data).batches = 7;
  EXPECT_EQ(to_json(work).at("text").at("batches"), 7);
  EXPECT_EQ(workload_from_json(to_json(work), "job"), work);
  const auto read = [&](const char* key, const Json& value) {
    Json changed = json;
    changed["text"][key] = value;
    return workload_from_json(changed, "job");
  };
  EXPECT_THROW(read("batch_order", "random"), Error);
  EXPECT_THROW(read("batch_order", 1), Error);
  for (const Json& wrong : {Json(0), Json(-1), Json(kMostTextBatches + 1), Json("some"), Json(1.5)})
    EXPECT_THROW(read("batches", wrong), Error) << wrong;
  json["text"].erase("batch_order");
  json["text"].erase("batches");
  const Workload earlier = workload_from_json(json, "job");
  EXPECT_EQ(earlier.text()->order, BatchOrder::Given);
  EXPECT_EQ(earlier.text()->batches, 4) << "so many were run before there was a choice";
}

TEST(Workload, OfTextsIsComparableHoweverTheyArePadded) {
  const auto with = [](TextData text) {
    Workload work = some_work();
    work.data = std::move(text);
    return work;
  };
  const Workload padded = with({.file = "/a"});
  const Workload packed = with({.file = "/a", .padding = Padding::None});
  EXPECT_NE(padded, packed);
  EXPECT_TRUE(same_but_for_padding(padded, packed));
  EXPECT_FALSE(same_but_for_padding(padded, with({.file = "/b", .padding = Padding::None})));
  EXPECT_FALSE(same_but_for_padding(padded, with({.file = "/a", .order = BatchOrder::Length})));
  Workload random = some_work();
  random.data = RandomData{};
  EXPECT_FALSE(same_but_for_padding(padded, random));
  EXPECT_TRUE(same_but_for_padding(random, random));
  EXPECT_EQ(padding_suffix(packed), " (padding none)");
  EXPECT_EQ(padding_suffix(random), "");
}

TEST(Workload, AModelIsCalledByTheLastPartOfItsPath) {
  const auto name = [](const char* asked, std::optional<std::string> folder = std::nullopt) {
    return short_name({.name = asked, .folder = std::move(folder)});
  };
  EXPECT_EQ(name("biobert"), "biobert");
  EXPECT_EQ(name("org/model"), "org/model");
  EXPECT_EQ(name("/models/minilm"), "minilm");
  EXPECT_EQ(name("./models/minilm/"), "minilm");
  EXPECT_EQ(name("models/minilm", "/home/models/minilm"), "minilm");
  EXPECT_EQ(name("/"), "/");
}

}  // namespace
}  // namespace medbench
