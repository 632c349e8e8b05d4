#include "backend/pjrt/plugin.hpp"

#include <cstddef>
#include <dlfcn.h>
#include <map>
#include <new>
#include <system_error>
#include <utility>

#include "base/error.hpp"

namespace medbench::pjrt {
namespace {

constexpr std::string_view kAdvice = "name a PJRT plug-in with --pjrt-plugin or MEDBENCH_PJRT_PLUGIN";

// Everything that is called without asking lies before this field of the table, which is older than any
// plug-in that is still in use.
constexpr std::size_t kNeededSize = PJRT_STRUCT_SIZE(PJRT_Api, PJRT_Compile);

using GetApi = const PJRT_Api*();

void* open_library(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    throw environment_error("the PJRT plug-in {} is not a file; {}", printable(path.string()), kAdvice);
  }
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library != nullptr) return library;
  const char* reason = ::dlerror();
  throw environment_error("the PJRT plug-in cannot be loaded: {}; {}",
                          printable(reason != nullptr ? reason : "no reason is known", 400), kAdvice);
}

const PJRT_Api* find_api(void* library, const std::filesystem::path& path) {
  const std::string name = printable(path.string());
  void* symbol = ::dlsym(library, "GetPjrtApi");
  if (symbol == nullptr) {
    throw environment_error("{} is a library, but no PJRT plug-in: it has no function GetPjrtApi; {}", name,
                            kAdvice);
  }
  const PJRT_Api* api = reinterpret_cast<GetApi*>(symbol)();
  if (api == nullptr) throw environment_error("{} gave no table of PJRT functions; {}", name, kAdvice);
  const PJRT_Api_Version& version = api->pjrt_api_version;
  // The size is read first: the version lies behind it.
  const bool has_version = api->struct_size >= PJRT_STRUCT_SIZE(PJRT_Api, pjrt_api_version);
  if (has_version && version.major_version != PJRT_API_MAJOR) {
    throw environment_error("{} is a plug-in of PJRT {}.{}, and this worker speaks major version {}; {}",
                            name, version.major_version, version.minor_version, PJRT_API_MAJOR, kAdvice);
  }
  if (!has_version || api->struct_size < kNeededSize) {
    throw environment_error("{} is a plug-in of a too old version of PJRT: its table has {} bytes of {}; {}",
                            name, api->struct_size, kNeededSize, kAdvice);
  }
  return api;
}

std::string message_of(const PJRT_Api& api, const PJRT_Error* error) {
  auto args = make_args<PJRT_Error_Message_Args>();
  args.error = error;
  api.PJRT_Error_Message(&args);
  return args.message != nullptr ? std::string{args.message, args.message_size} : std::string{};
}

PJRT_Error_Code code_of(const PJRT_Api& api, const PJRT_Error* error) {
  auto args = make_args<PJRT_Error_GetCode_Args>();
  args.error = error;
  PJRT_Error* second = api.PJRT_Error_GetCode(&args);
  if (second == nullptr) return args.code;
  auto destroy = make_args<PJRT_Error_Destroy_Args>();
  destroy.error = second;
  api.PJRT_Error_Destroy(&destroy);
  return PJRT_Error_Code_UNKNOWN;
}

Json value_of(const PJRT_NamedValue& value) {
  switch (value.type) {
    case PJRT_NamedValue_kString:
      return printable({value.string_value, value.value_size});
    case PJRT_NamedValue_kInt64:
      return value.int64_value;
    case PJRT_NamedValue_kInt64List:
      return std::vector<std::int64_t>(value.int64_array_value, value.int64_array_value + value.value_size);
    case PJRT_NamedValue_kFloat:
      return value.float_value;
    case PJRT_NamedValue_kBool:
      return value.bool_value;
  }
  return nullptr;  // of a kind that came later
}

}  // namespace

Plugin::Plugin(std::filesystem::path path) : path_(std::move(path)) {
  api_ = find_api(open_library(path_), path_);
  auto args = make_args<PJRT_Plugin_Initialize_Args>();
  try {
    call(api_->PJRT_Plugin_Initialize, args, "initialising the plug-in");
  } catch (const Error& error) {
    throw environment_error("{} cannot be used: {}", printable(path_.string()), error.what());
  }
}

const Plugin& Plugin::load(const std::filesystem::path& path) {
  static std::map<std::filesystem::path, std::unique_ptr<const Plugin>> loaded;
  std::unique_ptr<const Plugin>& plugin = loaded[path];
  if (!plugin) plugin.reset(new Plugin(path));
  return *plugin;
}

std::string Plugin::version() const {
  return fmt::format("{}.{}", api_->pjrt_api_version.major_version, api_->pjrt_api_version.minor_version);
}

bool Plugin::is_for_gpus() const {
  for (const PJRT_Extension_Base* extension = api_->extension_start; extension != nullptr;
       extension = extension->next) {
    if (extension->type == PJRT_Extension_Type_Gpu_Custom_Call) return true;
  }
  return false;
}

Json Plugin::attributes() const {
  auto args = make_args<PJRT_Plugin_Attributes_Args>();
  call(api_->PJRT_Plugin_Attributes, args, "reading the plug-in's attributes");
  Json attributes = Json::object();
  for (std::size_t i = 0; i < args.num_attributes; ++i) {
    const PJRT_NamedValue& value = args.attributes[i];
    attributes[printable({value.name, value.name_size})] = value_of(value);
  }
  return attributes;
}

void Plugin::check(PJRT_Error* error, std::string_view what) const {
  if (error == nullptr) return;
  const std::string message = message_of(*api_, error);
  const PJRT_Error_Code code = code_of(*api_, error);
  auto args = make_args<PJRT_Error_Destroy_Args>();
  args.error = error;
  api_->PJRT_Error_Destroy(&args);
  if (code == PJRT_Error_Code_RESOURCE_EXHAUSTED) throw std::bad_alloc();
  if (code == PJRT_Error_Code_UNIMPLEMENTED)
    throw unsupported_error("pjrt: {}: {}", what, printable(message, 400));
  throw runtime_failure("pjrt: {}: {}", what, printable(message, 400));
}

void Destroy::operator()(PJRT_Client* client) const {
  auto args = make_args<PJRT_Client_Destroy_Args>();
  args.client = client;
  (void)plugin->api().PJRT_Client_Destroy(&args);
}

void Destroy::operator()(PJRT_Buffer* buffer) const {
  auto args = make_args<PJRT_Buffer_Destroy_Args>();
  args.buffer = buffer;
  (void)plugin->api().PJRT_Buffer_Destroy(&args);
}

void Destroy::operator()(PJRT_Event* event) const {
  auto args = make_args<PJRT_Event_Destroy_Args>();
  args.event = event;
  (void)plugin->api().PJRT_Event_Destroy(&args);
}

void Destroy::operator()(PJRT_Executable* executable) const {
  auto args = make_args<PJRT_Executable_Destroy_Args>();
  args.executable = executable;
  (void)plugin->api().PJRT_Executable_Destroy(&args);
}

void Destroy::operator()(PJRT_LoadedExecutable* executable) const {
  auto args = make_args<PJRT_LoadedExecutable_Destroy_Args>();
  args.executable = executable;
  (void)plugin->api().PJRT_LoadedExecutable_Destroy(&args);
}

void await(const Plugin& plugin, Handle<PJRT_Event> event, std::string_view what) {
  if (!event) return;
  auto args = make_args<PJRT_Event_Await_Args>();
  args.event = event.get();
  plugin.call(plugin.api().PJRT_Event_Await, args, what);
}

}  // namespace medbench::pjrt
