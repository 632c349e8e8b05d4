// Python's pickles, as far as torch.save writes them for tensors. A pickle is a program that builds a value;
// this reader runs none of it: opcodes and names are closed lists, and what a name would be called with is
// kept as a value. It knows nothing of files, tensors' bytes or models.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

#include "base/tensor.hpp"

namespace medbench {

// What a pickle may name, and what a call of it makes.
struct PickleName {
  enum class Meaning : std::uint8_t { Dict, Size, Tensor, Parameter, StorageType };
  std::string_view module;
  std::string_view name;
  Meaning meaning;
  DType dtype = DType::F32;  // of a StorageType
};

struct PickleValue {
  enum class Kind : std::uint8_t {
    None,
    Bool,
    Integer,
    LargeInteger,
    Float,
    Text,
    Bytes,
    Tuple,
    List,
    Dict,
    Set,
    Name,
    Persistent,  // stands for something outside of the pickle: a storage
    Tensor
  };
  Kind kind = Kind::None;
  std::int64_t integer = 0;          // Bool, Integer
  const PickleName* name = nullptr;  // Name
  std::string_view text = {};        // Text, Bytes; LargeInteger: little endian. In the file.
  // Positions of other values: the entries of Tuple, List and Set; of a Dict key, value, key, value ...; of a
  // Persistent the tuple that names it, and of a Tensor that of its arguments. A container may hold itself.
  std::vector<std::uint32_t> items = {};
};

struct Pickle {
  std::deque<PickleValue> values;  // which, growing, never has two copies
  std::uint32_t root = 0;
  std::size_t end = 0;  // in the file, behind the last opcode

  [[nodiscard]] const PickleValue& operator[](std::uint32_t position) const { return values[position]; }
  [[nodiscard]] const PickleValue& top() const { return values[root]; }
  // The value of a dict's key, the last one as Python has it; null: it has none.
  [[nodiscard]] const PickleValue* find(const PickleValue& dict, std::string_view key) const;
};

// Reads the pickle that begins at byte `begin` of a file's bytes, which the values point into. Memory grows
// with the pickle, not with what it claims. `origin` starts the messages, which give the byte of the file.
// Throws Usage: another opcode or name, a stack or memo that does not fit, no end.
Pickle read_pickle(std::string_view file, std::size_t begin, std::string_view origin);

}  // namespace medbench
