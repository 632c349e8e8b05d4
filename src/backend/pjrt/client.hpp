// A client of a plug-in: its devices, and buffers in their memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backend/pjrt/plugin.hpp"
#include "base/json.hpp"
#include "base/tensor.hpp"
#include "ir/parameters.hpp"

namespace medbench::pjrt {

struct Device {
  PJRT_Device* handle = nullptr;  // owned by the client
  std::string id;                 // "cpu", "cuda:0"
  std::string kind;               // the vendor's name
  std::int64_t number = 0;        // the plug-in's own
};

// A buffer on a device. `source` is kept as long as the buffer reads it in place.
struct DeviceBuffer {
  ir::ParameterData source;
  Handle<PJRT_Buffer> handle;
};

// What a client is asked for when it is made.
struct ClientOptions {
  std::int64_t threads = 0;              // of a CPU plug-in; 0: as the plug-in likes
  bool only_first = false;               // of the GPUs; otherwise all are taken
  std::optional<float> memory_fraction;  // of a GPU's memory, at most; absent: the plug-in's default
};

class Client {
 public:
  // Throws Environment when the plug-in finds no device that it can use.
  Client(const Plugin& plugin, const ClientOptions& options);

  [[nodiscard]] const Plugin& plugin() const { return *plugin_; }
  [[nodiscard]] PJRT_Client* handle() const { return handle_.get(); }
  // "cpu", "cuda", "tpu" or another name of the plug-in's: the first part of device ids.
  [[nodiscard]] const std::string& platform() const { return platform_; }
  [[nodiscard]] const std::string& platform_version() const { return platform_version_; }
  [[nodiscard]] bool is_cpu() const { return platform_ == "cpu"; }
  // Those of this process.
  [[nodiscard]] const std::vector<Device>& devices() const { return devices_; }

  // Null when the plug-in has no figures; otherwise bytes by name.
  [[nodiscard]] Json memory(const Device& device) const;

  // Waits until the bytes are on the device. On a CPU the buffer may read the bytes in place, where their
  // alignment allows it; otherwise they are let go.
  [[nodiscard]] DeviceBuffer upload(const Device& device, DType dtype, std::span<const std::int64_t> shape,
                                    ir::ParameterData source) const;
  // A buffer of F32, in row-major order, into a tensor of its shape.
  void download(PJRT_Buffer* buffer, HostTensor& tensor) const;

 private:
  [[nodiscard]] Device describe(PJRT_Device* device, std::int64_t ordinal) const;
  [[nodiscard]] bool reads_in_place(PJRT_Buffer* buffer, const void* bytes) const;

  const Plugin* plugin_;
  Handle<PJRT_Client> handle_;
  std::string platform_;
  std::string platform_version_;
  std::vector<Device> devices_;
};

// The device name of a platform: "cuda" for what XLA also calls "gpu" or "CUDA", otherwise in lower case.
std::string device_name_of(std::string_view platform);

}  // namespace medbench::pjrt
