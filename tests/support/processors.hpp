// Classes of processors on which runtimes and medbench's own kernels take different ways, and how a better
// processor is made to act like one of them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace medbench::testing {

struct ProcessorClass {
  std::string_view name;
  std::string_view isa;  // of CpuInfo::isa: it belongs to this class, or to a later one, where it has this
  // Values that limit it to this class: ONEDNN_MAX_CPU_ISA (torch, OpenVINO, PJRT and medbench's kernels),
  // ATEN_CPU_CAPABILITY (torch), --xla_cpu_max_isa of XLA_FLAGS (PJRT). Nothing limits ONNX Runtime, nor what
  // OpenVINO asks the processor itself.
  std::string_view onednn;
  std::string_view aten;
  std::string_view xla;
};

// From the least on; each has what the one above it has.
inline constexpr std::array kProcessorClasses{
    ProcessorClass{"avx2", "avx2", "AVX2", "avx2", "AVX2"},
    ProcessorClass{"avx512", "avx512bw", "AVX512_CORE", "avx512", "AVX512"},
    ProcessorClass{"avx512_vnni", "avx512_vnni", "AVX512_CORE_VNNI", "avx512", "AVX512_VNNI"},
    ProcessorClass{"avx512_bf16", "avx512_bf16", "AVX512_CORE_BF16", "avx512", "AVX512_BF16"},
    ProcessorClass{"amx", "amx_bf16", "AVX512_CORE_AMX", "avx512", "AMX"},
};

// A place in the table, and the one of processors below its first or of another architecture.
using ClassIndex = std::ptrdiff_t;
inline constexpr ClassIndex kNoClass = -1;

inline ClassIndex class_of(std::span<const std::string> isa) {
  ClassIndex found = kNoClass;
  for (std::size_t i = 0; i < kProcessorClasses.size(); ++i) {
    if (std::ranges::find(isa, kProcessorClasses[i].isa) != isa.end()) found = static_cast<ClassIndex>(i);
  }
  return found;
}

// Of a name that must be in the table.
consteval ClassIndex class_named(std::string_view name) {
  const auto* const row = std::ranges::find(kProcessorClasses, name, &ProcessorClass::name);
  if (row == kProcessorClasses.end()) throw std::string_view("no class of processors has this name");
  return row - kProcessorClasses.begin();
}

}  // namespace medbench::testing
