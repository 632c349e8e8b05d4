#include "accuracy/entities.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>

namespace medbench {

namespace {

using enum TagPosition;

struct Letter {
  char letter;
  TagPosition position;
};
constexpr std::array kLetters{Letter{'B', Begin}, Letter{'I', Inside}, Letter{'E', End},
                              Letter{'L', End},   Letter{'S', Single}, Letter{'U', Single}};

bool closes(TagPosition position) {
  return position == End || position == Single;
}
bool opens(TagPosition position) {
  return position == Begin || position == Single;
}

bool continues(const Tag& before, const Tag& now) {
  return before.position != Outside && now.position != Outside && !closes(before.position) &&
         !opens(now.position) && before.type == now.type;
}

bool touch(const Entity& a, const Entity& b) {
  return a.type == b.type && a.begin < b.end && b.begin < a.end;
}

std::uint64_t count_touched(std::span<const Entity> entities, std::span<const Entity> others) {
  return static_cast<std::uint64_t>(std::ranges::count_if(entities, [&](const Entity& entity) {
    return std::ranges::any_of(others, [&](const Entity& other) { return touch(entity, other); });
  }));
}

double ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::optional<TagScheme> find_tag_scheme(std::span<const std::string> labels) {
  TagScheme scheme;
  std::unordered_map<std::string_view, std::uint32_t> types;
  for (const std::string_view label : labels) {
    if (label == "O") {
      scheme.tags.push_back({});
      continue;
    }
    const auto* letter = std::ranges::find(kLetters, label.empty() ? '\0' : label.front(), &Letter::letter);
    if (letter == kLetters.end() || label.size() < 3 || label[1] != '-') return std::nullopt;
    const auto type = types.try_emplace(label.substr(2), types.size() + 1).first->second;
    scheme.tags.push_back({letter->position, type});
    scheme.has_ends = scheme.has_ends || closes(letter->position);
  }
  if (types.empty()) return std::nullopt;
  return scheme;
}

std::vector<Entity> entities_of(std::span<const Tag> tags) {
  std::vector<Entity> entities;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    if (tags[i].position == Outside) continue;
    if (i > 0 && continues(tags[i - 1], tags[i])) {
      entities.back().end = i + 1;
    } else {
      entities.push_back({i, i + 1, tags[i].type});
    }
  }
  return entities;
}

std::vector<Entity> strict_entities_of(std::span<const Tag> tags, bool has_ends) {
  std::vector<Entity> entities;
  for (std::size_t begin = 0; begin < tags.size();) {
    std::size_t end = begin + 1;
    if (!opens(tags[begin].position)) {
      begin = end;
      continue;
    }
    while (end < tags.size() && continues(tags[end - 1], tags[end])) ++end;
    if (!has_ends || closes(tags[end - 1].position)) entities.push_back({begin, end, tags[begin].type});
    begin = end;
  }
  return entities;
}

void EntityCounts::add(std::span<const Entity> actual, std::span<const Entity> predicted) {
  actual_ += actual.size();
  predicted_ += predicted.size();
  for (const Entity& entity : predicted) correct_ += std::ranges::count(actual, entity) > 0 ? 1U : 0U;
  actual_touched_ += count_touched(actual, predicted);
  predicted_touched_ += count_touched(predicted, actual);
}

double EntityCounts::f1() const {
  return ratio(2 * correct_, actual_ + predicted_);
}

double EntityCounts::overlap_f1() const {
  const double precision = ratio(predicted_touched_, predicted_);
  const double recall = ratio(actual_touched_, actual_);
  return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
}

}  // namespace medbench
