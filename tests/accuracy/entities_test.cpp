#include "accuracy/entities.hpp"

#include <gtest/gtest.h>

#include "tests/accuracy/sequence_of_numbers.hpp"

namespace medbench {
namespace {

const std::vector<std::string> kBio{"O", "B-X", "I-X", "B-Y", "I-Y"};
const std::vector<std::string> kBioes{"O", "B-X", "I-X", "E-X", "S-X", "B-Y", "I-Y", "E-Y", "S-Y"};

constexpr std::size_t kTexts = 40;
constexpr std::size_t kWords = 12;

std::vector<std::vector<Tag>> make_tags(const TagScheme& scheme, std::uint64_t seed) {
  testing::SequenceOfNumbers numbers(seed);
  std::vector<std::vector<Tag>> texts(kTexts);
  for (auto& text : texts) {
    for (std::size_t i = 0; i < kWords; ++i) text.push_back(scheme.tags[numbers.next() % scheme.tags.size()]);
  }
  return texts;
}

struct F1 {
  double usual;
  double strict;
};

// Actual tags, and predicted ones that are others in every third word.
F1 f1_of(const TagScheme& scheme) {
  const auto actual = make_tags(scheme, 3);
  auto predicted = make_tags(scheme, 4);
  EntityCounts usual;
  EntityCounts strict;
  for (std::size_t i = 0; i < kTexts; ++i) {
    for (std::size_t j = 0; j < kWords; ++j) {
      if ((i + j) % 3 != 0) predicted[i][j] = actual[i][j];
    }
    usual.add(entities_of(actual[i]), entities_of(predicted[i]));
    strict.add(strict_entities_of(actual[i], scheme.has_ends),
               strict_entities_of(predicted[i], scheme.has_ends));
  }
  return {usual.f1(), strict.f1()};
}

// Of seqeval 1.2.2: f1_score, and with mode="strict" and scheme=IOB2 or IOBES.
TEST(Entities, AsSeqevalWithBio) {
  const auto scheme = find_tag_scheme(kBio);
  ASSERT_TRUE(scheme);
  EXPECT_FALSE(scheme->has_ends);
  const F1 f1 = f1_of(*scheme);
  EXPECT_NEAR(f1.usual, 0.5970636215334421, 1e-12);
  EXPECT_NEAR(f1.strict, 0.5706371191135734, 1e-12);
}
TEST(Entities, AsSeqevalWithBioes) {
  const auto scheme = find_tag_scheme(kBioes);
  ASSERT_TRUE(scheme);
  EXPECT_TRUE(scheme->has_ends);
  const F1 f1 = f1_of(*scheme);
  EXPECT_NEAR(f1.usual, 0.6977950713359273, 1e-12);
  EXPECT_NEAR(f1.strict, 0.6504065040650406, 1e-12);
}

std::vector<Tag> tags_of(const TagScheme& scheme, const std::vector<std::size_t>& labels) {
  std::vector<Tag> tags;
  for (const std::size_t label : labels) tags.push_back(scheme.tags.at(label));
  return tags;
}

TEST(Entities, OverlapNeedsTheSameTypeAndOneWord) {
  const TagScheme scheme = find_tag_scheme(kBio).value();
  const auto entities = [&](const std::vector<std::size_t>& labels) {
    return entities_of(tags_of(scheme, labels));
  };
  EntityCounts counts;
  counts.add(entities({1, 2, 2, 0, 3}), entities({0, 1, 2, 0, 1}));  // one too short, one of another type
  EXPECT_EQ(counts.f1(), 0);
  EXPECT_EQ(counts.overlap_f1(), 0.5);
  counts.add(entities({1, 2, 0}), entities({1, 1, 0}));  // two within one
  EXPECT_EQ(counts.correct(), 0U);
  EXPECT_NEAR(counts.overlap_f1(), 2 * 0.75 * (2.0 / 3) / (0.75 + 2.0 / 3), 1e-15);
  EXPECT_EQ(EntityCounts().overlap_f1(), 0);
  EXPECT_EQ(EntityCounts().f1(), 0);
}

TEST(TagScheme, KnowsTagsByTheirForm) {
  EXPECT_TRUE(find_tag_scheme(std::vector<std::string>{"B-Drug", "I-Drug", "O"}));
  EXPECT_FALSE(find_tag_scheme(std::vector<std::string>{"LABEL_0", "LABEL_1"}));
  EXPECT_FALSE(find_tag_scheme(std::vector<std::string>{"O", "B-"}));
  EXPECT_FALSE(find_tag_scheme(std::vector<std::string>{"O", ""}));
  EXPECT_FALSE(find_tag_scheme(std::vector<std::string>{"O"}));
  // The type is all behind the first dash; BILOU is BIOES under other letters.
  const auto scheme = find_tag_scheme(std::vector<std::string>{"B-A-1", "L-A-1", "U-A-2", "I-A-1"});
  ASSERT_TRUE(scheme);
  EXPECT_TRUE(scheme->has_ends);
  EXPECT_EQ(scheme->tags[0].type, scheme->tags[1].type);
  EXPECT_NE(scheme->tags[0].type, scheme->tags[2].type);
  EXPECT_EQ(scheme->tags[2].position, TagPosition::Single);
}

}  // namespace
}  // namespace medbench
