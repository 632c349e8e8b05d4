#include "machine/cpu_info.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "machine/proc_file.hpp"

namespace medbench {

namespace {

struct IsaName {
  std::string_view flag;  // as the kernel spells it
  std::string_view name;
};
// The kernel's spellings: arch/x86 cpufeatures.h and arch/arm64 cpuinfo.c.
constexpr std::array kIsaNames{
    IsaName{"sse4_2", "sse4_2"},
    IsaName{"avx", "avx"},
    IsaName{"f16c", "f16c"},
    IsaName{"fma", "fma"},
    IsaName{"avx2", "avx2"},
    IsaName{"avx_vnni", "avx_vnni"},
    IsaName{"avx512f", "avx512f"},
    IsaName{"avx512bw", "avx512bw"},
    IsaName{"avx512vl", "avx512vl"},
    IsaName{"avx512_vnni", "avx512_vnni"},
    IsaName{"avx512_bf16", "avx512_bf16"},
    IsaName{"avx512_fp16", "avx512_fp16"},
    IsaName{"amx_tile", "amx_tile"},
    IsaName{"amx_int8", "amx_int8"},
    IsaName{"amx_bf16", "amx_bf16"},
    IsaName{"amx_fp16", "amx_fp16"},
    IsaName{"asimd", "neon"},
    IsaName{"asimdhp", "fp16"},
    IsaName{"asimddp", "dotprod"},
    IsaName{"i8mm", "i8mm"},
    IsaName{"bf16", "bf16"},
    IsaName{"sve", "sve"},
    IsaName{"sve2", "sve2"},
    IsaName{"sme", "sme"},
};

struct Processor {
  std::optional<std::int64_t> number;
  std::optional<std::int64_t> socket;
  std::optional<std::int64_t> core;
};

class Reader {
 public:
  explicit Reader(const std::set<int>& allowed) : allowed_(allowed) {}

  void line(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return;
    const std::string_view key = trim(text.substr(0, colon));
    const std::string_view value = trim(text.substr(colon + 1));
    if (key == "processor") {
      finish_processor();
      processor_.number = parse_number(value);
    } else if (key == "physical id") {
      processor_.socket = parse_number(value);
    } else if (key == "core id") {
      processor_.core = parse_number(value);
    } else if (key == "model name" && info_.model.empty()) {
      info_.model = value;
    } else if ((key == "flags" || key == "Features") && info_.isa.empty()) {
      read_flags(value);
    }
  }

  CpuInfo finish() {
    finish_processor();
    info_.sockets = static_cast<std::int64_t>(sockets_.size());
    info_.physical_cores = static_cast<std::int64_t>(cores_.size());
    return std::move(info_);
  }

 private:
  void finish_processor() {
    const Processor done = std::exchange(processor_, {});
    if (!done.number || (!allowed_.empty() && !allowed_.contains(static_cast<int>(*done.number)))) return;
    const std::int64_t socket = done.socket.value_or(0);
    // A core id never is negative, so that processors without one do not meet those with one.
    cores_.emplace(socket, done.core.value_or(-1 - *done.number));
    sockets_.insert(socket);
    ++info_.logical_cores;
  }

  void read_flags(std::string_view value) {
    std::set<std::string_view> flags;
    for (const std::string_view flag : split_words(value)) flags.insert(flag);
    for (const auto& row : kIsaNames) {
      if (flags.contains(row.flag)) info_.isa.emplace_back(row.name);
    }
    info_.hypervisor = flags.contains("hypervisor");
  }

  const std::set<int>& allowed_;
  CpuInfo info_;
  Processor processor_;
  std::set<std::int64_t> sockets_;
  std::set<std::pair<std::int64_t, std::int64_t>> cores_;
};

}  // namespace

CpuInfo parse_cpu_info(std::string_view cpuinfo, const std::set<int>& allowed) {
  Reader reader(allowed);
  for (const std::string_view line : split_lines(cpuinfo)) reader.line(line);
  return reader.finish();
}

}  // namespace medbench
