#include "data/pickle_table.hpp"

#include <algorithm>
#include <array>

namespace medbench {
namespace {

using Meaning = PickleName::Meaning;

constexpr std::array kNames{
    PickleName{"collections", "OrderedDict", Meaning::Dict},
    PickleName{"torch", "Size", Meaning::Size},
    PickleName{"torch._utils", "_rebuild_tensor", Meaning::Tensor},
    PickleName{"torch._utils", "_rebuild_tensor_v2", Meaning::Tensor},
    PickleName{"torch._utils", "_rebuild_parameter", Meaning::Parameter},
    PickleName{"torch", "DoubleStorage", Meaning::StorageType, DType::F64},
    PickleName{"torch", "FloatStorage", Meaning::StorageType, DType::F32},
    PickleName{"torch", "HalfStorage", Meaning::StorageType, DType::F16},
    PickleName{"torch", "BFloat16Storage", Meaning::StorageType, DType::BF16},
    PickleName{"torch", "LongStorage", Meaning::StorageType, DType::I64},
    PickleName{"torch", "IntStorage", Meaning::StorageType, DType::I32},
    PickleName{"torch", "ShortStorage", Meaning::StorageType, DType::I16},
    PickleName{"torch", "CharStorage", Meaning::StorageType, DType::I8},
    PickleName{"torch", "ByteStorage", Meaning::StorageType, DType::U8},
    PickleName{"torch", "BoolStorage", Meaning::StorageType, DType::Bool},
};

}  // namespace

const PickleName* find_pickle_name(std::string_view module, std::string_view name) {
  const auto* const known = std::find_if(kNames.begin(), kNames.end(), [&](const PickleName& row) {
    return row.module == module && row.name == name;
  });
  return known == kNames.end() ? nullptr : known;
}

}  // namespace medbench
