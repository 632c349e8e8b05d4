// Prints the classes of processors that this machine can play, one a line: the name and the variables that
// limit it so; those without a value must not be set. The last is the machine as it is.
#include <fmt/core.h>

#include "machine/cpu_info.hpp"
#include "machine/proc_file.hpp"
#include "tests/support/processors.hpp"

int main() {
  const auto isa = medbench::parse_cpu_info(medbench::read_proc_file("/proc/cpuinfo"), {}).isa;
  const auto own = medbench::testing::class_of(isa);
  std::string_view own_name = "unlimited";
  for (medbench::testing::ClassIndex i = 0; i <= own; ++i) {
    const auto& limit = medbench::testing::kProcessorClasses.at(static_cast<std::size_t>(i));
    own_name = limit.name;
    if (i == own) break;
    fmt::print(
        "{} ONEDNN_MAX_CPU_ISA={} DNNL_MAX_CPU_ISA= ATEN_CPU_CAPABILITY={} XLA_FLAGS=--xla_cpu_max_isa={}\n",
        limit.name, limit.onednn, limit.aten, limit.xla);
  }
  fmt::print("{} ONEDNN_MAX_CPU_ISA= DNNL_MAX_CPU_ISA= ATEN_CPU_CAPABILITY= XLA_FLAGS=\n", own_name);
}
