// Which plug-in a target or a description is about.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace medbench::pjrt {

inline constexpr std::string_view kTpu = "tpu";
inline constexpr const char* kPluginOption = "pjrt.plugin";
inline constexpr const char* kPluginVariable = "MEDBENCH_PJRT_PLUGIN";
inline constexpr const char* kTpuVariable = "TPU_LIBRARY_PATH";

// Of backend "pjrt": the option, the variable, or the CPU plug-in that comes with medbench. Of backend "tpu":
// the option, TPU_LIBRARY_PATH, or an installed libtpu; throws Environment when there is no TPU on this
// machine, whatever is installed (a client without one would search for minutes), or no libtpu.
std::filesystem::path choose_plugin(std::string_view backend,
                                    const std::map<std::string, std::string>& options);

// Device files of TPUs below `dev`: accel*, and vfio/<number>.
std::vector<std::filesystem::path> tpu_device_files(const std::filesystem::path& dev);

}  // namespace medbench::pjrt
