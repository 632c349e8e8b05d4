// The options of one subcommand: each is declared once, with its limits and where its value goes. This is the
// only place that knows the library that parses command lines; it prints nothing, for the text of --help is a
// page of the documentation.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medbench/option_values.hpp"

namespace medbench {

class OptionParser {
 public:
  // `command` is what the user typed, for messages: "medbench medical".
  explicit OptionParser(std::string command);
  ~OptionParser();
  OptionParser(const OptionParser&) = delete;
  OptionParser& operator=(const OptionParser&) = delete;

  // Names are spelled with the dashes. The targets must outlive parse() and keep their value when the option
  // is not given.
  void flag(std::string_view name, bool& target);
  void text(std::string_view name, std::string& target);
  void text(std::string_view name, std::optional<std::string>& target);
  void texts(std::string_view name, std::vector<std::string>& target);  // may be repeated
  // Lists: one value or more, separated by blanks or by commas. What exists as a file may have commas in its
  // name.
  void words(std::string_view name, std::vector<std::string>& target);
  // Values or none: what is given goes to `take`, under the name that was used.
  using TakeWords = std::function<void(const std::string& name, const std::vector<std::string>& words)>;
  void optional_words(std::string_view name, TakeWords take);
  // Files and folders: ~ and ~user at the beginning are expanded, which a shell leaves alone behind "=".
  void path(std::string_view name, std::string& target);
  void path(std::string_view name, std::optional<std::string>& target);
  void paths(std::string_view name, std::vector<std::string>& target);  // one or more
  void choice(std::string_view name, std::span<const std::string_view> allowed, std::string& target);
  void choices(std::string_view name, std::span<const std::string_view> allowed,
               std::vector<std::string>& target);
  void integer(std::string_view name, IntegerRange range, std::int64_t& target);
  void integer(std::string_view name, IntegerRange range, std::optional<std::int64_t>& target);
  void integers(std::string_view name, IntegerRange range, std::vector<std::int64_t>& target);
  void number(std::string_view name, NumberRange range, double& target);
  void number(std::string_view name, NumberRange range, std::optional<double>& target);
  // The paths that belong to no option, exactly one for each name ("BASELINE").
  void positionals(std::span<const std::string_view> names, std::vector<std::string>& target);

  // The same, one or more of one kind ("FOLDER").
  void positional_list(std::string_view name, std::vector<std::string>& target);

  // Another name for an option that is declared.
  void also(std::string_view name, std::string_view other);

  // Throws Usage with the option as it was given, what was wrong with it and what is right. May be called
  // again: what is given then goes before.
  void parse(std::span<const std::string> arguments);

  // All options under each of their names, sorted, --help included.
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  using Apply = TakeWords;
  enum class Arity { One, Any, Many, Repeated };
  void valued(std::string_view name, Arity arity, Apply apply);

  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace medbench
