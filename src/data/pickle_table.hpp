// What a pickle of tensors may hold: the closed lists of opcodes and of names. Adding to them is a decision
// about safety: what is here must be harmless with any arguments.
#pragma once

#include <cstdint>
#include <string_view>

#include "data/pickle.hpp"

namespace medbench {

// Those that torch.save and Python's own pickler write for dicts of tensors and settings, in protocols 2
// to 5.
enum class Opcode : std::uint8_t {
  Mark = '(',
  Stop = '.',
  Pop = '0',
  PopMark = '1',
  Append = 'a',
  Appends = 'e',
  Build = 'b',
  Global = 'c',
  StackGlobal = 0x93,
  Reduce = 'R',
  BinPersid = 'Q',
  None = 'N',
  NewTrue = 0x88,
  NewFalse = 0x89,
  BinInt = 'J',
  BinInt1 = 'K',
  BinInt2 = 'M',
  Long1 = 0x8A,
  BinFloat = 'G',
  BinString = 'T',
  ShortBinString = 'U',
  BinUnicode = 'X',
  ShortBinUnicode = 0x8C,
  BinUnicode8 = 0x8D,
  BinBytes = 'B',
  ShortBinBytes = 'C',
  BinBytes8 = 0x8E,
  EmptyTuple = ')',
  Tuple = 't',
  Tuple1 = 0x85,
  Tuple2 = 0x86,
  Tuple3 = 0x87,
  EmptyList = ']',
  EmptyDict = '}',
  EmptySet = 0x8F,
  AddItems = 0x90,
  SetItem = 's',
  SetItems = 'u',
  BinGet = 'h',
  LongBinGet = 'j',
  BinPut = 'q',
  LongBinPut = 'r',
  Memoize = 0x94,
  Proto = 0x80,
  Frame = 0x95,
};

// Null: a pickle may not name it.
const PickleName* find_pickle_name(std::string_view module, std::string_view name);

}  // namespace medbench
