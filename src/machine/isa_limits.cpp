#include "machine/isa_limits.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <cstdlib>

#include "machine/cpu_info.hpp"
#include "machine/proc_file.hpp"

namespace medbench {
namespace {

using Sets = std::uint32_t;
constexpr Sets kNone = 0;
constexpr Sets kAll = ~kNone;
// Bits of single instruction sets: what a later one needs is not in it.
constexpr Sets kAvx = 1U << 0U;
constexpr Sets kAvx2 = 1U << 1U;
constexpr Sets kAvxVnni = 1U << 2U;
constexpr Sets kAvx512 = 1U << 3U;
constexpr Sets kAvx512Vnni = 1U << 4U;
constexpr Sets kAvx512Bf16 = 1U << 5U;
constexpr Sets kAvx512Fp16 = 1U << 6U;
constexpr Sets kAmx = 1U << 7U;
constexpr Sets kAmxFp16 = 1U << 8U;

// Where a value stands for several, each holds what the one above it does.
constexpr Sets kUpToAvx2 = kAvx | kAvx2;
constexpr Sets kUpToAvx512 = kUpToAvx2 | kAvx512;
constexpr Sets kUpToVnni = kUpToAvx512 | kAvx512Vnni;
constexpr Sets kUpToBf16 = kUpToVnni | kAvx512Bf16;
constexpr Sets kUpToFp16 = kUpToBf16 | kAvx512Fp16 | kAvxVnni;
constexpr Sets kUpToAmx = kUpToFp16 | kAmx;

struct Row {
  std::string_view name;
  Sets sets = kAll;
};

// Of the names of CpuInfo::isa, those that a value can forbid.
constexpr std::array kNames{
    Row{"avx", kAvx},
    Row{"f16c", kAvx2},
    Row{"fma", kAvx2},
    Row{"avx2", kAvx2},
    Row{"avx_vnni", kAvxVnni},
    Row{"avx512f", kAvx512},
    Row{"avx512bw", kAvx512},
    Row{"avx512vl", kAvx512},
    Row{"avx512_vnni", kAvx512Vnni},
    Row{"avx512_bf16", kAvx512Bf16},
    Row{"avx512_fp16", kAvx512Fp16},
    Row{"amx_tile", kAmx},
    Row{"amx_int8", kAmx},
    Row{"amx_bf16", kAmx},
    Row{"amx_fp16", kAmxFp16},
};

// oneDNN 3, "CPU Dispatcher Control". It reads capitals as small letters.
constexpr std::array kOneDnnValues{
    Row{"default", kAll},
    Row{"sse41", kNone},
    Row{"avx", kAvx},
    Row{"avx2", kUpToAvx2},
    Row{"avx2_vnni", kUpToAvx2 | kAvxVnni},
    Row{"avx2_vnni_2", kUpToAvx2 | kAvxVnni},
    Row{"avx512_core", kUpToAvx512},
    Row{"avx512_core_vnni", kUpToVnni},
    Row{"avx512_core_bf16", kUpToBf16},
    Row{"avx512_core_fp16", kUpToFp16},
    Row{"avx10_1_512", kUpToFp16},
    Row{"avx512_core_amx", kUpToAmx},
    Row{"avx10_1_512_amx", kUpToAmx},
    Row{"avx512_core_amx_fp16", kUpToAmx | kAmxFp16},
    Row{"avx10_1_512_amx_fp16", kUpToAmx | kAmxFp16},
    Row{"avx10_2", kUpToFp16},
    Row{"avx10_2_512", kUpToFp16},
    Row{"avx10_2_amx_2", kAll},
    Row{"avx10_2_512_amx_2", kAll},
};

// ATen's DispatchStub of 2.11, which knows small letters alone and has nothing above AVX-512.
constexpr std::array kAtenValues{
    Row{"default", kNone},
    Row{"avx2", kUpToAvx2},
    Row{"avx512", kAll},
};

template <class Rows>
Sets sets_of(const Rows& rows, std::string_view name) {
  const auto* const row = std::ranges::find(rows, name, &Row::name);
  return row == rows.end() ? kAll : row->sets;
}

std::string variable(const char* name) {
  const char* const text = std::getenv(name);
  return text == nullptr ? "" : text;
}

std::string in_small_letters(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return text;
}

Sets allowed_sets() {
  std::string limit = variable("ONEDNN_MAX_CPU_ISA");
  if (limit.empty()) limit = variable("DNNL_MAX_CPU_ISA");
  return sets_of(kOneDnnValues, in_small_letters(limit)) &
         sets_of(kAtenValues, variable("ATEN_CPU_CAPABILITY"));
}

// A name that no value forbids has all bits: any bit that is left allows it.
bool is_in(std::string_view isa, Sets allowed) {
  const Sets sets = sets_of(kNames, isa);
  return sets == kAll || (allowed & sets) != 0;
}

}  // namespace

bool is_isa_allowed(std::string_view isa) {
  return is_in(isa, allowed_sets());
}

std::vector<std::string> usable_isa() {
  static const std::vector<std::string> kProcessor = parse_cpu_info(read_proc_file("/proc/cpuinfo"), {}).isa;
  std::vector<std::string> isa = kProcessor;
  const Sets allowed = allowed_sets();
  std::erase_if(isa, [&](const std::string& name) { return !is_in(name, allowed); });
  return isa;
}

}  // namespace medbench
