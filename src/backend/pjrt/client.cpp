#include "backend/pjrt/client.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <utility>

#include "base/error.hpp"
#include "machine/affinity.hpp"

namespace medbench::pjrt {
namespace {

PJRT_Buffer_Type buffer_type(DType dtype) {
  switch (dtype) {
    case DType::F64:
      return PJRT_Buffer_Type_F64;
    case DType::F32:
      return PJRT_Buffer_Type_F32;
    case DType::F16:
      return PJRT_Buffer_Type_F16;
    case DType::BF16:
      return PJRT_Buffer_Type_BF16;
    case DType::I64:
      return PJRT_Buffer_Type_S64;
    case DType::I32:
      return PJRT_Buffer_Type_S32;
    case DType::I16:
      return PJRT_Buffer_Type_S16;
    case DType::I8:
      return PJRT_Buffer_Type_S8;
    case DType::U8:
      return PJRT_Buffer_Type_U8;
    case DType::Bool:
      return PJRT_Buffer_Type_PRED;
  }
  throw internal_error("unknown data type");
}

PJRT_NamedValue named(std::string_view name) {
  auto value = make_args<PJRT_NamedValue>();
  value.name = name.data();
  value.name_size = name.size();
  value.value_size = 1;
  return value;
}

// Memory as it is needed, not most of the device at once: other processes use it too, and the figures of what
// is in use mean something.
std::vector<PJRT_NamedValue> gpu_options(const ClientOptions& options) {
  std::vector<PJRT_NamedValue> values{named("preallocate")};
  values.back().type = PJRT_NamedValue_kBool;
  values.back().bool_value = false;
  if (options.memory_fraction) {
    values.push_back(named("memory_fraction"));
    values.back().type = PJRT_NamedValue_kFloat;
    values.back().float_value = *options.memory_fraction;
  }
  if (options.only_first) {
    static constexpr std::int64_t kFirst = 0;
    values.push_back(named("visible_devices"));
    values.back().type = PJRT_NamedValue_kInt64List;
    values.back().int64_array_value = &kFirst;
  }
  return values;
}

// XLA's CPU client takes no option for its threads: the size of its pools is this variable, when it is set as
// the client is made, and otherwise the number of processors that the process may use.
constexpr const char* kThreadsVariable = "NPROC";

Handle<PJRT_Client> create(const Plugin& plugin, const ClientOptions& options) {
  if (options.threads > 0) {
    ::setenv(kThreadsVariable, std::to_string(options.threads).c_str(), 1);
    // Some of its pools have more threads than that: these share the processors.
    if (!plugin.is_for_gpus()) run_on(options.threads);
  }
  std::vector<PJRT_NamedValue> values;
  if (plugin.is_for_gpus()) values = gpu_options(options);
  auto args = make_args<PJRT_Client_Create_Args>();
  args.create_options = values.data();
  args.num_options = values.size();
  try {
    plugin.call(plugin.api().PJRT_Client_Create, args, "creating a client");
  } catch (const Error& error) {
    throw environment_error("{} finds no device to use: {}", printable(plugin.path().string()), error.what());
  }
  return Handle<PJRT_Client>{args.client, {&plugin}};
}

}  // namespace

std::string device_name_of(std::string_view platform) {
  std::string name(platform);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name == "gpu" ? "cuda" : name;
}

Client::Client(const Plugin& plugin, const ClientOptions& options)
    : plugin_(&plugin), handle_(create(plugin, options)) {
  auto name = make_args<PJRT_Client_PlatformName_Args>();
  name.client = handle();
  plugin.call(plugin.api().PJRT_Client_PlatformName, name, "reading the platform's name");
  platform_ = printable(device_name_of({name.platform_name, name.platform_name_size}), 40);

  auto version = make_args<PJRT_Client_PlatformVersion_Args>();
  version.client = handle();
  plugin.call(plugin.api().PJRT_Client_PlatformVersion, version, "reading the platform's version");
  platform_version_ = printable({version.platform_version, version.platform_version_size});

  auto devices = make_args<PJRT_Client_AddressableDevices_Args>();
  devices.client = handle();
  plugin.call(plugin.api().PJRT_Client_AddressableDevices, devices, "listing devices");
  for (std::size_t i = 0; i < devices.num_addressable_devices; ++i) {
    devices_.push_back(describe(devices.addressable_devices[i], static_cast<std::int64_t>(i)));
    if (is_cpu()) break;  // more of them are the same processor again
  }
  if (devices_.empty()) {
    throw environment_error("{} works, but serves no device on this machine",
                            printable(plugin.path().string()));
  }
}

Device Client::describe(PJRT_Device* device, std::int64_t ordinal) const {
  auto description = make_args<PJRT_Device_GetDescription_Args>();
  description.device = device;
  plugin_->call(plugin_->api().PJRT_Device_GetDescription, description, "describing a device");
  auto kind = make_args<PJRT_DeviceDescription_Kind_Args>();
  kind.device_description = description.device_description;
  plugin_->call(plugin_->api().PJRT_DeviceDescription_Kind, kind, "naming a device");
  auto id = make_args<PJRT_DeviceDescription_Id_Args>();
  id.device_description = description.device_description;
  plugin_->call(plugin_->api().PJRT_DeviceDescription_Id, id, "numbering a device");
  return {device, is_cpu() ? platform_ : fmt::format("{}:{}", platform_, ordinal),
          printable({kind.device_kind, kind.device_kind_size}), id.id};
}

Json Client::memory(const Device& device) const {
  auto args = make_args<PJRT_Device_MemoryStats_Args>();
  args.device = device.handle;
  try {
    plugin_->call(plugin_->api().PJRT_Device_MemoryStats, args, "reading memory statistics");
  } catch (const Error&) {
    return nullptr;  // a plug-in may have none
  }
  Json memory = {{"bytes_in_use", args.bytes_in_use}};
  if (args.peak_bytes_in_use_is_set) memory["peak_bytes_in_use"] = args.peak_bytes_in_use;
  if (args.bytes_limit_is_set) memory["bytes_limit"] = args.bytes_limit;
  if (args.peak_pool_bytes_is_set) memory["peak_pool_bytes"] = args.peak_pool_bytes;
  return memory;
}

bool Client::reads_in_place(PJRT_Buffer* buffer, const void* bytes) const {
  if (!is_cpu()) return false;
  auto args = make_args<PJRT_Buffer_UnsafePointer_Args>();
  args.buffer = buffer;
  plugin_->call(plugin_->api().PJRT_Buffer_UnsafePointer, args, "finding a buffer");
  return args.buffer_pointer == reinterpret_cast<std::uintptr_t>(bytes);
}

DeviceBuffer Client::upload(const Device& device, DType dtype, std::span<const std::int64_t> shape,
                            ir::ParameterData source) const {
  auto args = make_args<PJRT_Client_BufferFromHostBuffer_Args>();
  args.client = handle();
  args.data = source.view.data.data();
  args.type = buffer_type(dtype);
  args.dims = shape.data();
  args.num_dims = shape.size();
  args.host_buffer_semantics = is_cpu() ? PJRT_HostBufferSemantics_kImmutableZeroCopy
                                        : PJRT_HostBufferSemantics_kImmutableUntilTransferCompletes;
  args.device = device.handle;
  plugin_->call(plugin_->api().PJRT_Client_BufferFromHostBuffer, args, "uploading a tensor");
  DeviceBuffer buffer{{}, Handle<PJRT_Buffer>{args.buffer, {plugin_}}};
  Handle<PJRT_Event> done{args.done_with_host_buffer, {plugin_}};

  auto ready = make_args<PJRT_Buffer_ReadyEvent_Args>();
  ready.buffer = buffer.handle.get();
  plugin_->call(plugin_->api().PJRT_Buffer_ReadyEvent, ready, "uploading a tensor");
  await(*plugin_, Handle<PJRT_Event>{ready.event, {plugin_}}, "uploading a tensor");
  if (reads_in_place(buffer.handle.get(), args.data)) {
    buffer.source = std::move(source);
  } else {
    await(*plugin_, std::move(done), "uploading a tensor");
  }
  return buffer;
}

void Client::download(PJRT_Buffer* buffer, HostTensor& tensor) const {
  // The device may keep another order of dimensions.
  std::vector<std::int64_t> minor_to_major;
  for (std::size_t i = tensor.shape().size(); i > 0; --i)
    minor_to_major.push_back(static_cast<std::int64_t>(i) - 1);
  auto layout = make_args<PJRT_Buffer_MemoryLayout>();
  layout.type = PJRT_Buffer_MemoryLayout_Type_Tiled;
  layout.tiled = make_args<PJRT_Buffer_MemoryLayout_Tiled>();
  layout.tiled.minor_to_major = minor_to_major.data();
  layout.tiled.minor_to_major_size = minor_to_major.size();
  auto args = make_args<PJRT_Buffer_ToHostBuffer_Args>();
  args.src = buffer;
  args.host_layout = &layout;
  args.dst = tensor.bytes().data();
  args.dst_size = tensor.bytes().size();
  plugin_->call(plugin_->api().PJRT_Buffer_ToHostBuffer, args, "downloading an output");
  await(*plugin_, Handle<PJRT_Event>{args.event, {plugin_}}, "downloading an output");
}

}  // namespace medbench::pjrt
