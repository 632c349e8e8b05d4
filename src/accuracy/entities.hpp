// Entities among the words of a text, from tags such as B-Drug and I-Drug, and how well they were found.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace medbench {

enum class TagPosition : std::uint8_t { Outside, Begin, Inside, End, Single };

struct Tag {
  TagPosition position = TagPosition::Outside;
  std::uint32_t type = 0;  // of the entity; 0 outside of one
};

// What the labels of a token classifier say, by their numbers.
struct TagScheme {
  std::vector<Tag> tags;
  bool has_ends = false;  // BIOES (or BILOU, whose L and U are E and S); else BIO
};
// Nothing unless every label is O, or B, I, E, S, L or U with a dash and a type behind it.
std::optional<TagScheme> find_tag_scheme(std::span<const std::string> labels);

struct Entity {
  std::size_t begin = 0;
  std::size_t end = 0;  // behind its last word
  std::uint32_t type = 0;

  bool operator==(const Entity&) const = default;
};

// As conlleval and seqeval's default mode read tags: what continues no entity begins one.
std::vector<Entity> entities_of(std::span<const Tag> tags);
// As seqeval's strict mode does with IOB2 and IOBES: what breaks the scheme is no entity.
std::vector<Entity> strict_entities_of(std::span<const Tag> tags, bool has_ends);

// Over all types together; a quotient whose divisor is zero counts as 0.
class EntityCounts {
 public:
  // Of one text.
  void add(std::span<const Entity> actual, std::span<const Entity> predicted);

  // An entity is right where type, first and last word are.
  [[nodiscard]] double f1() const;
  // Precision is the share of the predicted entities, and recall that of the actual ones, that share a word
  // with an entity of the same type on the other side.
  [[nodiscard]] double overlap_f1() const;
  [[nodiscard]] std::uint64_t actual() const { return actual_; }
  [[nodiscard]] std::uint64_t predicted() const { return predicted_; }
  [[nodiscard]] std::uint64_t correct() const { return correct_; }

 private:
  std::uint64_t actual_ = 0;
  std::uint64_t predicted_ = 0;
  std::uint64_t correct_ = 0;
  std::uint64_t actual_touched_ = 0;
  std::uint64_t predicted_touched_ = 0;
};

}  // namespace medbench
