#include "medbench/option_parser.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <charconv>

#include "base/error.hpp"
#include "base/user_path.hpp"
#include "models/suggestion.hpp"

namespace medbench {

struct OptionParser::Implementation {
  struct Entry {
    std::string name;
    CLI::Option* option = nullptr;  // owned by the app
    std::vector<std::string> values;
    Arity arity = Arity::One;
    Apply apply;
  };

  std::string command;
  CLI::App app;
  // The app keeps references to the values: entries must not move.
  std::vector<std::unique_ptr<Entry>> entries;
  std::vector<std::string> words;
  std::span<const std::string_view> word_names;
  std::vector<std::string>* word_target = nullptr;

  [[nodiscard]] Error unexpected(const std::string& argument) const;
  void check_equals_sign(const std::string& argument) const;
  void check_words() const;
};

namespace {

std::string join(std::span<const std::string_view> words, std::string_view separator) {
  std::string text;
  for (const auto& word : words) text.append(text.empty() ? "" : separator).append(word);
  return text;
}

void check_choice(std::string_view name, std::span<const std::string_view> allowed,
                  const std::string& value) {
  if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return;
  throw usage_error("{} {}: unknown; give one of: {}", name, printable(value), join(allowed, ", "));
}

}  // namespace

OptionParser::OptionParser(std::string command) : implementation_(std::make_unique<Implementation>()) {
  implementation_->command = std::move(command);
  implementation_->app.set_help_flag();  // the caller answers --help
  implementation_->app.allow_extras();   // reported by us, with a suggestion
}

OptionParser::~OptionParser() = default;

void OptionParser::flag(std::string_view name, bool& target) {
  auto entry = std::make_unique<Implementation::Entry>();
  entry->name = name;
  entry->option = implementation_->app.add_flag(entry->name, target);
  implementation_->entries.push_back(std::move(entry));
}

void OptionParser::valued(std::string_view name, Arity arity, Apply apply) {
  auto entry = std::make_unique<Implementation::Entry>();
  entry->name = name;
  entry->arity = arity;
  entry->apply = std::move(apply);
  entry->option = implementation_->app.add_option(entry->name, entry->values);
  if (arity == Arity::Many) {
    entry->option->expected(1, CLI::detail::expected_max_vector_size);
  } else {
    entry->option->expected(1)->allow_extra_args(false)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
  implementation_->entries.push_back(std::move(entry));
}

void OptionParser::text(std::string_view name, std::string& target) {
  valued(name, Arity::One, [&target](const auto& values) { target = values.front(); });
}

void OptionParser::text(std::string_view name, std::optional<std::string>& target) {
  valued(name, Arity::One, [&target](const auto& values) { target = values.front(); });
}

void OptionParser::texts(std::string_view name, std::vector<std::string>& target) {
  valued(name, Arity::Repeated, [&target](const auto& values) { target = values; });
}

void OptionParser::words(std::string_view name, std::vector<std::string>& target) {
  valued(name, Arity::Many, [&target](const auto& values) { target = values; });
}

void OptionParser::path(std::string_view name, std::string& target) {
  valued(name, Arity::One, [&target](const auto& values) { target = expand_user(values.front()); });
}

void OptionParser::path(std::string_view name, std::optional<std::string>& target) {
  valued(name, Arity::One, [&target](const auto& values) { target = expand_user(values.front()); });
}

void OptionParser::paths(std::string_view name, std::vector<std::string>& target) {
  valued(name, Arity::Many, [&target](const auto& values) {
    target.clear();
    for (const auto& value : values) target.push_back(expand_user(value));
  });
}

void OptionParser::choice(std::string_view name, std::span<const std::string_view> allowed,
                          std::string& target) {
  valued(name, Arity::One, [name = std::string(name), allowed, &target](const auto& values) {
    check_choice(name, allowed, values.front());
    target = values.front();
  });
}

void OptionParser::choices(std::string_view name, std::span<const std::string_view> allowed,
                           std::vector<std::string>& target) {
  valued(name, Arity::Many, [name = std::string(name), allowed, &target](const auto& values) {
    for (const auto& value : values) check_choice(name, allowed, value);
    target = values;
  });
}

void OptionParser::integer(std::string_view name, IntegerRange range, std::int64_t& target) {
  valued(name, Arity::One, [name = std::string(name), range, &target](const auto& values) {
    target = parse_integer(name, values.front(), range);
  });
}

void OptionParser::integer(std::string_view name, IntegerRange range, std::optional<std::int64_t>& target) {
  valued(name, Arity::One, [name = std::string(name), range, &target](const auto& values) {
    target = parse_integer(name, values.front(), range);
  });
}

void OptionParser::integers(std::string_view name, IntegerRange range, std::vector<std::int64_t>& target) {
  valued(name, Arity::Many, [name = std::string(name), range, &target](const auto& values) {
    target.clear();
    for (const auto& value : values) target.push_back(parse_integer(name, value, range));
  });
}

void OptionParser::number(std::string_view name, NumberRange range, double& target) {
  valued(name, Arity::One, [name = std::string(name), range, &target](const auto& values) {
    target = parse_number(name, values.front(), range);
  });
}

void OptionParser::number(std::string_view name, NumberRange range, std::optional<double>& target) {
  valued(name, Arity::One, [name = std::string(name), range, &target](const auto& values) {
    target = parse_number(name, values.front(), range);
  });
}

void OptionParser::positionals(std::span<const std::string_view> names, std::vector<std::string>& target) {
  implementation_->word_names = names;
  implementation_->word_target = &target;
}

Error OptionParser::Implementation::unexpected(const std::string& argument) const {
  const std::string hint = fmt::format("{} --help lists what there is", command);
  if (!argument.starts_with('-')) {
    return usage_error("unexpected argument {}: it belongs to no option; {}", printable(argument), hint);
  }
  const std::string name = argument.substr(0, argument.find('='));
  std::vector<std::string_view> known;
  for (const auto& entry : entries) known.push_back(entry->name);
  const auto nearest = nearest_name(name, known);
  if (nearest) return usage_error("unknown option {}: did you mean {}? {}", printable(name), *nearest, hint);
  return usage_error("unknown option {}: {}", printable(name), hint);
}

// "--quiet=false" makes no sense to a reader, and the library takes the next word for the value of
// "--model=".
void OptionParser::Implementation::check_equals_sign(const std::string& argument) const {
  const auto equals = argument.find('=');
  if (!argument.starts_with("--") || equals == std::string::npos) return;
  const std::string name = argument.substr(0, equals);
  for (const auto& entry : entries) {
    if (entry->name != name) continue;
    if (!entry->apply) throw usage_error("{} takes no value, but got {}", name, printable(argument));
    if (equals + 1 == argument.size()) throw usage_error("{} needs a value", name);
  }
}

void OptionParser::Implementation::check_words() const {
  if (words.size() < word_names.size()) {
    throw usage_error("{}: {} is missing", command, word_names[words.size()]);
  }
  if (words.size() > word_names.size()) throw unexpected(words[word_names.size()]);
}

void OptionParser::parse(std::span<const std::string> arguments) {
  auto& self = *implementation_;
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // as the library wants it
  for (const auto& argument : arguments) self.check_equals_sign(argument);
  try {
    self.app.parse(reversed);
  } catch (const CLI::ArgumentMismatch& error) {
    // The message begins with the name of the option and a colon.
    const std::string_view text = error.what();
    throw usage_error("{} needs a value", printable(text.substr(0, text.find(':'))));
  } catch (const CLI::ParseError& error) {
    throw usage_error("{}", printable(error.what()));
  }
  for (const auto& argument : self.app.remaining()) {
    if (argument.starts_with('-') && argument != "-") throw self.unexpected(argument);
    self.words.push_back(argument);
  }
  self.check_words();
  if (self.word_target != nullptr) {
    *self.word_target = self.words;
    for (auto& word : *self.word_target) word = expand_user(word);
  }
  for (const auto& entry : self.entries) {
    if (entry->option->count() == 0 || !entry->apply) continue;
    if (entry->arity == Arity::One && entry->values.size() > 1) {
      throw usage_error("{} is given more than once", entry->name);
    }
    for (const auto& value : entry->values) {
      // "--model --device cpu" is a forgotten value and not a model of that name.
      if (value.empty() || value.starts_with("--")) throw usage_error("{} needs a value", entry->name);
    }
    entry->apply(entry->values);
  }
}

std::vector<std::string> OptionParser::names() const {
  std::vector<std::string> names{"--help"};
  for (const auto& entry : implementation_->entries) names.push_back(entry->name);
  std::sort(names.begin(), names.end());
  return names;
}

std::int64_t parse_integer(std::string_view option, std::string_view text, IntegerRange range) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  const bool readable = stop == end && (error == std::errc{} || error == std::errc::result_out_of_range);
  if (!readable) {
    throw usage_error("{} {}: not a whole number; give {} to {}", option, printable(text), range.low,
                      range.high);
  }
  if (error != std::errc{} || value < range.low || value > range.high) {
    throw usage_error("{} {}: out of range; give {} to {}", option, printable(text), range.low, range.high);
  }
  return value;
}

double parse_number(std::string_view option, std::string_view text, NumberRange range) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (stop != end || (error != std::errc{} && error != std::errc::result_out_of_range)) {
    throw usage_error("{} {}: not a number; give {} to {}", option, printable(text), range.low, range.high);
  }
  // A NaN is in no range.
  if (error != std::errc{} || !(value >= range.low && value <= range.high)) {
    throw usage_error("{} {}: out of range; give {} to {}", option, printable(text), range.low, range.high);
  }
  return value;
}

}  // namespace medbench
