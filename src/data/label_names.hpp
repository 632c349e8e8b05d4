// The classes of a head by their names.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace medbench {

class LabelNames {
 public:
  // One a class, as id2label of config.json has them.
  explicit LabelNames(std::vector<std::string> names);

  // The class of that name; else, where one name alone is the same but for the case of ASCII letters, its
  // class; else the number of a class. Blanks around it do not count.
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view label) const;

  [[nodiscard]] const std::string& name(std::uint32_t label) const { return names_.at(label); }
  [[nodiscard]] std::span<const std::string> all() const { return names_; }
  // "CARDIOLOGY, NEUROLOGY or a number from 0 to 1", cut when there are very many.
  [[nodiscard]] std::string choices() const;

 private:
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::uint32_t> exact_;
  std::unordered_map<std::string, std::optional<std::uint32_t>>
      folded_;  // nothing where several are the same
};

}  // namespace medbench
