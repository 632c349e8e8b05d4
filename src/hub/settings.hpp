// What the environment says about the model hub: the variables of its own library, in its order.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

namespace medbench {

struct HubSettings {
  std::filesystem::path cache;
  std::string endpoint;                           // without a / at its end
  std::string offline;                            // the variable that says so; empty: the hub may be asked
  std::string token;                              // empty: none
  std::string ca_file;                            // of certificates; empty: the system's
  std::string ca_folder;                          // the same
  std::chrono::milliseconds etag_timeout{0};      // for one question about a file
  std::chrono::milliseconds download_timeout{0};  // without a byte
  bool links = true;                              // false: the cache holds files in place of links
};

// $HF_HUB_CACHE, or $HUGGINGFACE_HUB_CACHE, or $HF_HOME/hub, or huggingface/hub below $XDG_CACHE_HOME or
// ~/.cache, with ~ and variables in them replaced.
std::filesystem::path hub_cache_directory();

// The variable that forbids to ask the hub, HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE; empty: none does.
std::string offline_variable();

// Throws Usage and names the variable whose value makes no sense.
HubSettings hub_settings();

}  // namespace medbench
