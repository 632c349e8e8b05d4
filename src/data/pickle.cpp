#include "data/pickle.hpp"

#include <span>
#include <utility>

#include "base/error.hpp"
#include "data/pickle_input.hpp"
#include "data/pickle_table.hpp"

namespace medbench {
namespace {

using Kind = PickleValue::Kind;
using Meaning = PickleName::Meaning;

constexpr std::uint64_t kLastProtocol = 5;
// 260,000 tensors make as many, and they take 256 MiB.
constexpr std::uint32_t kMostValues = 4U << 20U;

class Machine {
 public:
  Machine(std::string_view file, std::size_t begin, std::string_view origin) : in_(file, begin, origin) {}

  Pickle run() {
    while (step()) {
    }
    pickle_.root = pop();
    pickle_.end = in_.position();
    return std::move(pickle_);
  }

 private:
  void push(PickleValue value) {
    if (pickle_.values.size() == kMostValues) in_.fail("there are too many values before it");
    stack_.push_back(static_cast<std::uint32_t>(pickle_.values.size()));
    pickle_.values.push_back(std::move(value));
  }
  void push_items(Kind kind, std::vector<std::uint32_t> items = {}) {
    push({.kind = kind, .items = std::move(items)});
  }
  void push_text(Kind kind, std::size_t width) {
    push({.kind = kind, .text = in_.take(in_.take_number(width))});
  }
  // Values below the last mark are out of reach.
  [[nodiscard]] std::size_t reachable() const { return stack_.size() - (marks_.empty() ? 0 : marks_.back()); }
  std::uint32_t pop() {
    if (reachable() == 0) in_.fail("its stack is empty");
    const std::uint32_t value = stack_.back();
    stack_.pop_back();
    return value;
  }
  std::vector<std::uint32_t> pop(std::size_t count) {
    if (reachable() < count) in_.fail("its stack holds too little");
    std::vector<std::uint32_t> values(stack_.end() - static_cast<std::ptrdiff_t>(count), stack_.end());
    stack_.resize(stack_.size() - count);
    return values;
  }
  std::vector<std::uint32_t> pop_to_mark() {
    if (marks_.empty()) in_.fail("there is no mark");
    std::vector<std::uint32_t> values = pop(reachable());
    marks_.pop_back();
    return values;
  }
  PickleValue& top(Kind kind, std::string_view what) {
    if (reachable() == 0 || pickle_.values[stack_.back()].kind != kind) in_.fail(what);
    return pickle_.values[stack_.back()];
  }

  void add(Kind kind, std::span<const std::uint32_t> values, std::string_view what) {
    auto& items = top(kind, what).items;
    items.insert(items.end(), values.begin(), values.end());
  }
  void add_pairs(std::span<const std::uint32_t> values) {
    if (values.size() % 2 != 0) in_.fail("a key without a value");
    add(Kind::Dict, values, "entries of what is no dict");
  }

  void put(std::uint64_t number) {
    // Whoever writes them counts up, and each of them takes a byte at least.
    if (number > in_.bytes_read()) in_.fail(fmt::format("a memo entry {}", number));
    if (reachable() == 0) in_.fail("its stack is empty");
    if (number >= memo_.size()) memo_.resize(static_cast<std::size_t>(number) + 1, kMostValues);
    memo_[static_cast<std::size_t>(number)] = stack_.back();
  }
  void get(std::uint64_t number) {
    if (number >= memo_.size() || memo_[static_cast<std::size_t>(number)] == kMostValues)
      in_.fail(fmt::format("a memo entry {} that is not there", number));
    stack_.push_back(memo_[static_cast<std::size_t>(number)]);
  }

  void push_name(std::string_view module, std::string_view name) {
    const PickleName* const known = find_pickle_name(module, name);
    if (known == nullptr) in_.refuse(fmt::format("names {}.{}", printable(module), printable(name)));
    push({.kind = Kind::Name, .name = known});
  }
  void push_stack_name() {
    const std::vector<std::uint32_t> names = pop(2);
    const PickleValue& module = pickle_[names[0]];
    const PickleValue& name = pickle_[names[1]];
    if (module.kind != Kind::Text || name.kind != Kind::Text) in_.fail("a name that is no text");
    push_name(module.text, name.text);
  }

  void reduce();
  void reduce_dict(std::span<const std::uint32_t> pairs);
  void push_integer();
  void build();
  bool step();
  bool step_scalar(Opcode opcode);
  bool step_container(Opcode opcode);

  PickleInput in_;
  std::size_t copied_ = 0;
  Pickle pickle_;
  std::vector<std::uint32_t> stack_;
  std::vector<std::size_t> marks_;  // sizes of the stack
  std::vector<std::uint32_t> memo_;
};

// What is called with a tuple of arguments.
void Machine::reduce() {
  const std::vector<std::uint32_t> call = pop(2);
  const PickleValue& called = pickle_[call[0]];
  if (called.kind != Kind::Name || pickle_[call[1]].kind != Kind::Tuple)
    in_.fail("a call of what is no name");
  const PickleName& name = *called.name;
  const std::vector<std::uint32_t>& arguments = pickle_[call[1]].items;
  const auto first_is = [&](Kind kind) { return !arguments.empty() && pickle_[arguments[0]].kind == kind; };
  switch (name.meaning) {
    case Meaning::Dict:
      return arguments.empty() ? push_items(Kind::Dict) : reduce_dict(pickle_[arguments[0]].items);
    case Meaning::Size:
      if (!first_is(Kind::Tuple)) break;
      return stack_.push_back(arguments[0]);
    case Meaning::Parameter:
      if (!first_is(Kind::Tensor)) break;
      return stack_.push_back(arguments[0]);
    case Meaning::Tensor:
      return push_items(Kind::Tensor, {call[1]});
    case Meaning::StorageType:
      break;
  }
  in_.fail(fmt::format("{}.{} is not called so", name.module, name.name));
}

// Python 2 hands over a list of pairs.
void Machine::reduce_dict(std::span<const std::uint32_t> pairs) {
  // One list may be handed over many times.
  copied_ += pairs.size();
  if (copied_ > in_.bytes_read()) in_.fail("entries of a dict that are more than the file");
  std::vector<std::uint32_t> entries;
  for (const std::uint32_t item : pairs) {
    const std::vector<std::uint32_t>& pair = pickle_[item].items;
    if (pair.size() != 2) in_.fail("entries of a dict that are no pairs");
    entries.insert(entries.end(), pair.begin(), pair.end());
  }
  push_items(Kind::Dict, std::move(entries));
}

void Machine::push_integer() {
  const std::string_view bytes = in_.take(in_.take_number(1));
  if (bytes.size() > sizeof(std::int64_t)) return push({.kind = Kind::LargeInteger, .text = bytes});
  push({.kind = Kind::Integer, .integer = integer_of(bytes)});
}

// The attributes of an object, which nobody reads: a state dict's versions.
void Machine::build() {
  pop();
  const bool is_known = reachable() > 0 && (pickle_[stack_.back()].kind == Kind::Dict ||
                                            pickle_[stack_.back()].kind == Kind::Tensor);
  if (!is_known) in_.fail("attributes of what is no dict and no tensor");
}

bool Machine::step_scalar(Opcode opcode) {
  switch (opcode) {
    case Opcode::None:
      return push({}), true;
    case Opcode::NewTrue:
    case Opcode::NewFalse:
      return push({.kind = Kind::Bool, .integer = opcode == Opcode::NewTrue ? 1 : 0}), true;
    case Opcode::BinInt:
      return push({.kind = Kind::Integer, .integer = static_cast<std::int32_t>(in_.take_number(4))}), true;
    case Opcode::BinInt1:
      return push({.kind = Kind::Integer, .integer = static_cast<std::int64_t>(in_.take_number(1))}), true;
    case Opcode::BinInt2:
      return push({.kind = Kind::Integer, .integer = static_cast<std::int64_t>(in_.take_number(2))}), true;
    case Opcode::Long1:
      return push_integer(), true;
    case Opcode::BinFloat:
      return in_.take(8), push({.kind = Kind::Float}), true;
    case Opcode::ShortBinString:
    case Opcode::ShortBinUnicode:
      return push_text(Kind::Text, 1), true;
    case Opcode::BinString:
    case Opcode::BinUnicode:
      return push_text(Kind::Text, 4), true;
    case Opcode::BinUnicode8:
      return push_text(Kind::Text, 8), true;
    case Opcode::ShortBinBytes:
      return push_text(Kind::Bytes, 1), true;
    case Opcode::BinBytes:
      return push_text(Kind::Bytes, 4), true;
    case Opcode::BinBytes8:
      return push_text(Kind::Bytes, 8), true;
    default:
      return false;
  }
}

bool Machine::step_container(Opcode opcode) {
  switch (opcode) {
    case Opcode::EmptyTuple:
      return push_items(Kind::Tuple), true;
    case Opcode::EmptyList:
      return push_items(Kind::List), true;
    case Opcode::EmptyDict:
      return push_items(Kind::Dict), true;
    case Opcode::EmptySet:
      return push_items(Kind::Set), true;
    case Opcode::Tuple1:
    case Opcode::Tuple2:
    case Opcode::Tuple3:
      return push_items(Kind::Tuple,
                        pop(1 + static_cast<std::size_t>(opcode) - static_cast<std::size_t>(Opcode::Tuple1))),
             true;
    case Opcode::Tuple:
      return push_items(Kind::Tuple, pop_to_mark()), true;
    case Opcode::Append:
      return add(Kind::List, pop(1), "an entry of what is no list"), true;
    case Opcode::Appends:
      return add(Kind::List, pop_to_mark(), "entries of what is no list"), true;
    case Opcode::AddItems:
      return add(Kind::Set, pop_to_mark(), "entries of what is no set"), true;
    case Opcode::SetItem:
      return add_pairs(pop(2)), true;
    case Opcode::SetItems:
      return add_pairs(pop_to_mark()), true;
    default:
      return false;
  }
}

// One opcode; false: it was the last.
bool Machine::step() {
  const auto opcode = static_cast<Opcode>(in_.take_opcode());
  if (step_scalar(opcode) || step_container(opcode)) return true;
  switch (opcode) {
    case Opcode::Stop:
      return false;
    case Opcode::Proto:
      if (const auto version = in_.take_number(1); version > kLastProtocol)
        in_.fail(fmt::format("protocol {}", version));
      return true;
    case Opcode::Frame:
      return in_.take_number(8), true;
    case Opcode::Mark:
      return marks_.push_back(stack_.size()), true;
    case Opcode::Pop:
      if (reachable() == 0 && !marks_.empty()) return marks_.pop_back(), true;
      return pop(), true;
    case Opcode::PopMark:
      return pop_to_mark(), true;
    case Opcode::Global: {
      const std::string_view module = in_.take_line();
      return push_name(module, in_.take_line()), true;
    }
    case Opcode::StackGlobal:
      return push_stack_name(), true;
    case Opcode::Reduce:
      return reduce(), true;
    case Opcode::BinPersid:
      top(Kind::Tuple, "a storage that is no tuple");
      return push_items(Kind::Persistent, pop(1)), true;
    case Opcode::BinGet:
      return get(in_.take_number(1)), true;
    case Opcode::LongBinGet:
      return get(in_.take_number(4)), true;
    case Opcode::BinPut:
      return put(in_.take_number(1)), true;
    case Opcode::LongBinPut:
      return put(in_.take_number(4)), true;
    case Opcode::Memoize:
      return put(memo_.size()), true;
    case Opcode::Build:
      return build(), true;
    default:
      in_.refuse(fmt::format("has the opcode 0x{:02X}", static_cast<unsigned>(opcode)));
  }
}

}  // namespace

const PickleValue* Pickle::find(const PickleValue& dict, std::string_view key) const {
  for (std::size_t i = dict.items.size(); dict.kind == Kind::Dict && i >= 2; i -= 2) {
    const PickleValue& found = values[dict.items[i - 2]];
    if (found.kind == Kind::Text && found.text == key) return &values[dict.items[i - 1]];
  }
  return nullptr;
}

Pickle read_pickle(std::string_view file, std::size_t begin, std::string_view origin) {
  return Machine(file, begin, origin).run();
}

}  // namespace medbench
