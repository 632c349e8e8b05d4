#include "base/axes.hpp"

#include <gtest/gtest.h>
#include <set>

namespace medbench {
namespace {

TEST(Axes, EveryRowIsAtThePlaceOfItsAxis) {
  std::set<char> letters;
  std::set<std::string_view> keys;
  for (std::size_t i = 0; i < kAxes.size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(kAxes[i].axis), i);
    letters.insert(kAxes[i].letter);
    keys.insert(kAxes[i].json_key);
  }
  EXPECT_EQ(letters.size(), kAxes.size());
  EXPECT_EQ(keys.size(), kAxes.size());
}

TEST(Axes, WhatIsAbsentIsZeroAndNotShown) {
  const Axes text{{Axis::Batch, 4}, {Axis::Seq, 256}};
  EXPECT_EQ(text[Axis::Batch], 4);
  EXPECT_FALSE(text.has(Axis::Width));
  EXPECT_EQ(text[Axis::Width], 0);
  EXPECT_EQ(to_string(text), "4 x 256");
  EXPECT_EQ(id_part(text), "b4_s256");
  EXPECT_EQ(to_string(Axes{}), "");
}

TEST(Axes, AreEqualAndOrderedByValue) {
  const Axes image{{Axis::Width, 64}, {Axis::Batch, 1}, {Axis::Height, 32}};
  EXPECT_EQ(id_part(image), "b1_h32_w64");
  EXPECT_EQ(image, (Axes{{Axis::Batch, 1}, {Axis::Height, 32}, {Axis::Width, 64}}));
  EXPECT_LT(image, image.with(Axis::Batch, 2));
  EXPECT_EQ(image.with(Axis::Batch, 2).with(Axis::Batch, 1), image);
}

}  // namespace
}  // namespace medbench
