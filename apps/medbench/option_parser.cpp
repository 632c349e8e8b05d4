#include "medbench/option_parser.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>

#include "base/error.hpp"
#include "base/user_path.hpp"
#include "models/suggestion.hpp"

namespace medbench {

struct OptionParser::Implementation {
  struct Entry {
    std::string name;
    std::vector<std::string> others;  // names
    std::string given;                // the name that was used
    CLI::Option* option = nullptr;    // owned by the app
    std::vector<std::string> values;
    Arity arity = Arity::One;
    Apply apply;

    void take_values() const;
  };

  std::string command;
  CLI::App app;
  // The app keeps references to the values: entries must not move.
  std::vector<std::unique_ptr<Entry>> entries;
  std::vector<std::string> words;
  std::span<const std::string_view> word_names;
  std::optional<std::string_view> list_name;  // of words of which there may be any number
  std::vector<std::string>* word_target = nullptr;

  [[nodiscard]] Entry* find(std::string_view name);
  [[nodiscard]] std::vector<std::string> under_first_names(std::span<const std::string> arguments);
  [[nodiscard]] Error unexpected(const std::string& argument) const;
  void check_equals_sign(const std::string& argument);
  void check_words() const;
};

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
  if (arity == Arity::Many || arity == Arity::Any) {
    entry->option->expected(arity == Arity::Any ? 0 : 1, CLI::detail::expected_max_vector_size);
  } else {
    entry->option->expected(1)->allow_extra_args(false)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
  implementation_->entries.push_back(std::move(entry));
}

void OptionParser::text(std::string_view name, std::string& target) {
  valued(name, Arity::One, [&target](const auto& /*name*/, const auto& values) { target = values.front(); });
}

void OptionParser::text(std::string_view name, std::optional<std::string>& target) {
  valued(name, Arity::One, [&target](const auto& /*name*/, const auto& values) { target = values.front(); });
}

void OptionParser::texts(std::string_view name, std::vector<std::string>& target) {
  valued(name, Arity::Repeated, [&target](const auto& /*name*/, const auto& values) { target = values; });
}

void OptionParser::words(std::string_view name, std::vector<std::string>& target) {
  valued(name, Arity::Many, [&target](const auto& /*name*/, const auto& values) { target = values; });
}

void OptionParser::optional_words(std::string_view name, TakeWords take) {
  valued(name, Arity::Any, std::move(take));
}

void OptionParser::path(std::string_view name, std::string& target) {
  valued(name, Arity::One,
         [&target](const auto& /*name*/, const auto& values) { target = expand_user(values.front()); });
}

void OptionParser::path(std::string_view name, std::optional<std::string>& target) {
  valued(name, Arity::One,
         [&target](const auto& /*name*/, const auto& values) { target = expand_user(values.front()); });
}

void OptionParser::paths(std::string_view name, std::vector<std::string>& target) {
  valued(name, Arity::Many, [&target](const auto& /*name*/, const auto& values) {
    target.clear();
    for (const auto& value : values) target.push_back(expand_user(value));
  });
}

void OptionParser::choice(std::string_view name, std::span<const std::string_view> allowed,
                          std::string& target) {
  valued(name, Arity::One, [allowed, &target](const auto& given, const auto& values) {
    check_choice(given, allowed, values.front());
    target = values.front();
  });
}

void OptionParser::choices(std::string_view name, std::span<const std::string_view> allowed,
                           std::vector<std::string>& target) {
  valued(name, Arity::Many, [allowed, &target](const auto& given, const auto& values) {
    for (const auto& value : values) check_choice(given, allowed, value);
    target = values;
  });
}

void OptionParser::integer(std::string_view name, IntegerRange range, std::int64_t& target) {
  valued(name, Arity::One, [range, &target](const auto& given, const auto& values) {
    target = parse_integer(given, values.front(), range);
  });
}

void OptionParser::integer(std::string_view name, IntegerRange range, std::optional<std::int64_t>& target) {
  valued(name, Arity::One, [range, &target](const auto& given, const auto& values) {
    target = parse_integer(given, values.front(), range);
  });
}

void OptionParser::integers(std::string_view name, IntegerRange range, std::vector<std::int64_t>& target) {
  valued(name, Arity::Many, [range, &target](const auto& given, const auto& values) {
    target.clear();
    for (const auto& value : values) target.push_back(parse_integer(given, value, range));
  });
}

void OptionParser::number(std::string_view name, NumberRange range, double& target) {
  valued(name, Arity::One, [range, &target](const auto& given, const auto& values) {
    target = parse_number(given, values.front(), range);
  });
}

void OptionParser::number(std::string_view name, NumberRange range, std::optional<double>& target) {
  valued(name, Arity::One, [range, &target](const auto& given, const auto& values) {
    target = parse_number(given, values.front(), range);
  });
}

void OptionParser::positionals(std::span<const std::string_view> names, std::vector<std::string>& target) {
  implementation_->word_names = names;
  implementation_->word_target = &target;
}

void OptionParser::positional_list(std::string_view name, std::vector<std::string>& target) {
  implementation_->list_name = name;
  implementation_->word_target = &target;
}

void OptionParser::also(std::string_view name, std::string_view other) {
  auto* entry = implementation_->find(name);
  if (entry == nullptr) throw internal_error("no option {}", name);
  entry->others.emplace_back(other);
}

Error OptionParser::Implementation::unexpected(const std::string& argument) const {
  const std::string hint = fmt::format("{} --help lists what there is", command);
  if (!argument.starts_with('-')) {
    return usage_error("unexpected argument {}: it belongs to no option; {}", printable(argument), hint);
  }
  const std::string name = argument.substr(0, argument.find('='));
  std::vector<std::string_view> known;
  for (const auto& entry : entries) {
    known.push_back(entry->name);
    known.insert(known.end(), entry->others.begin(), entry->others.end());
  }
  const auto nearest = nearest_name(name, known);
  if (nearest) return usage_error("unknown option {}: did you mean {}? {}", printable(name), *nearest, hint);
  return usage_error("unknown option {}: {}", printable(name), hint);
}

// "--quiet=false" makes no sense to a reader, and the library takes the next word for the value of
// "--model=".
void OptionParser::Implementation::check_equals_sign(const std::string& argument) {
  const auto equals = argument.find('=');
  if (!argument.starts_with("--") || equals == std::string::npos) return;
  const std::string name = argument.substr(0, equals);
  const Entry* entry = find(name);
  if (entry == nullptr) return;
  if (!entry->apply) throw usage_error("{} takes no value, but got {}", name, printable(argument));
  if (equals + 1 == argument.size()) throw usage_error("{} needs a value", name);
}

OptionParser::Implementation::Entry* OptionParser::Implementation::find(std::string_view name) {
  for (const auto& entry : entries) {
    if (entry->name == name || std::ranges::count(entry->others, name) > 0) return entry.get();
  }
  return nullptr;
}

std::vector<std::string> OptionParser::Implementation::under_first_names(
    std::span<const std::string> arguments) {
  std::vector<std::string> renamed;
  for (const auto& argument : arguments) {
    const std::string name = argument.substr(0, argument.find('='));
    Entry* entry = find(name);
    if (entry != nullptr) entry->given = name;
    renamed.push_back(entry == nullptr ? argument : entry->name + argument.substr(name.size()));
  }
  return renamed;
}

void OptionParser::Implementation::Entry::take_values() const {
  if (arity == Arity::One && values.size() > 1) throw usage_error("{} is given more than once", given);
  // The library's way to say that the option stands alone.
  if (arity == Arity::Any && std::ranges::all_of(values, &std::string::empty)) return apply(given, {});
  for (const auto& value : values) {
    // "--model --device cpu" is a forgotten value and not a model of that name.
    if (value.empty() || value.starts_with("--")) throw usage_error("{} needs a value", given);
  }
  const bool is_list = arity == Arity::Many || arity == Arity::Any;
  const auto list = is_list ? split_lists(values) : values;
  if (list.empty()) throw usage_error("{} needs a value", given);
  apply(given, list);
}

void OptionParser::Implementation::check_words() const {
  if (list_name) {
    if (words.empty()) throw usage_error("{}: {} is missing", command, *list_name);
    return;
  }
  if (words.size() < word_names.size()) {
    throw usage_error("{}: {} is missing", command, word_names[words.size()]);
  }
  if (words.size() > word_names.size()) throw unexpected(words[word_names.size()]);
}

void OptionParser::parse(std::span<const std::string> arguments) {
  auto& self = *implementation_;
  for (const auto& argument : arguments) self.check_equals_sign(argument);
  std::vector<std::string> reversed = self.under_first_names(arguments);
  std::ranges::reverse(reversed);  // as the library wants it
  self.words.clear();
  try {
    self.app.parse(reversed);
  } catch (const CLI::ArgumentMismatch& error) {
    // The message begins with the name of the option and a colon.
    const std::string_view text = error.what();
    const std::string_view name = text.substr(0, text.find(':'));
    const auto* entry = self.find(name);
    throw usage_error("{} needs a value", printable(entry == nullptr ? name : entry->given));
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
    if (entry->option->count() > 0 && entry->apply) entry->take_values();
  }
}

std::vector<std::string> OptionParser::names() const {
  std::vector<std::string> names{"--help"};
  for (const auto& entry : implementation_->entries) {
    names.push_back(entry->name);
    names.insert(names.end(), entry->others.begin(), entry->others.end());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace medbench
