// What `worker-<backend> describe` prints: the only source of what can run on this machine.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "job/result.hpp"

namespace medbench {

struct DeviceInfo {
  std::string id;    // "cpu", "cuda:0"
  std::string name;  // the vendor's
  double memory_mb = 0;
  std::vector<std::string> precisions;  // "fp32", "bf16" ...
};

struct Capabilities {
  std::string backend;
  RuntimeInfo runtime;
  std::vector<DeviceInfo> devices;
  // Why there is no device, or why one that was expected is absent: a line for each way that was tried.
  std::string reason;
  std::string advice;  // the one thing to do about it
  // There was no memory, file or process left for the worker to say it: a row tells what comes of that. Not
  // part of what a worker prints.
  bool lacked_resources = false;
};

Json to_json(const Capabilities& capabilities);
Capabilities capabilities_from_json(const Json& json);

}  // namespace medbench
