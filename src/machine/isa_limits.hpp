// Which instruction sets runtimes use here: those that the processor has, less those that environment
// variables keep oneDNN or ATen from.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace medbench {

// Do the variables leave this instruction set, named as in CpuInfo::isa? ONEDNN_MAX_CPU_ISA (DNNL_MAX_CPU_ISA
// where that is unset or empty) and ATEN_CPU_CAPABILITY may each forbid it; their values mean what they mean
// to oneDNN 3 and ATen, and those that these do not know forbid nothing. Read at every call. What the
// processor has is not asked.
bool is_isa_allowed(std::string_view isa);

// What /proc/cpuinfo names and the variables leave, in the order of CpuInfo::isa.
std::vector<std::string> usable_isa();

}  // namespace medbench
