// Where the bytes of a torch.save's storages lie, by the keys that its pickle has for them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "data/pickle.hpp"

namespace medbench {

// What a pickle says about a storage.
struct TorchStorage {
  DType dtype = DType::F32;
  std::string_view key;
  std::int64_t count = 0;  // elements
  // Of a part of it, as old files have them.
  std::int64_t first = 0;
  std::int64_t part = 0;
};

struct TorchContent {
  Pickle pickle;
  std::map<std::string_view, std::string_view> storages;  // bytes in the file
};

// `value` is a Persistent. Throws Usage.
TorchStorage read_storage(const Pickle& pickle, const PickleValue& value, std::string_view origin);

// Either form of file, of which these are all bytes. Throws Usage.
TorchContent read_torch_zip(std::string_view file, std::string_view origin);
TorchContent read_torch_legacy(std::string_view file, std::string_view origin);

}  // namespace medbench
