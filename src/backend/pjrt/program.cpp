#include "backend/pjrt/program.hpp"

#include <utility>

#include "backend/pjrt/wire.hpp"
#include "base/error.hpp"

namespace medbench::pjrt {
namespace {

constexpr std::string_view kFormat = "mlir";

Handle<PJRT_LoadedExecutable> compile(const Client& client, std::string& text, const Device& device) {
  const Plugin& plugin = client.plugin();
  auto program = make_args<PJRT_Program>();
  program.code = text.data();
  program.code_size = text.size();
  program.format = kFormat.data();
  program.format_size = kFormat.size();
  const std::string options = compile_options(device.number);
  auto args = make_args<PJRT_Client_Compile_Args>();
  args.client = client.handle();
  args.program = &program;
  args.compile_options = options.data();
  args.compile_options_size = options.size();
  plugin.call(plugin.api().PJRT_Client_Compile, args, "compiling the module");
  return {args.executable, {&plugin}};
}

}  // namespace

std::string compile_options(std::int64_t device_number) {
  // Field numbers of XLA's messages.
  constexpr std::uint32_t kBuildOptions = 3;
  constexpr std::uint32_t kReplicas = 4;
  constexpr std::uint32_t kPartitions = 5;
  constexpr std::uint32_t kAssignment = 9;
  constexpr std::uint32_t kAssignmentReplicas = 1;
  constexpr std::uint32_t kAssignmentComputations = 2;
  constexpr std::uint32_t kAssignmentDevices = 3;
  constexpr std::uint32_t kDeviceIds = 1;
  std::string build;
  put_varint(build, kReplicas, 1);
  put_varint(build, kPartitions, 1);
  if (device_number > 0) {
    std::string ids;
    put_varint(ids, kDeviceIds, static_cast<std::uint64_t>(device_number));
    std::string assignment;
    put_varint(assignment, kAssignmentReplicas, 1);
    put_varint(assignment, kAssignmentComputations, 1);
    put_bytes(assignment, kAssignmentDevices, ids);
    put_bytes(build, kAssignment, assignment);
  }
  std::string options;
  put_bytes(options, kBuildOptions, build);
  return options;
}

Program::Program(const Client& client, std::string text, const Device& device)
    : plugin_(&client.plugin()), handle_(compile(client, text, device)) {
  auto args = make_args<PJRT_LoadedExecutable_GetExecutable_Args>();
  args.loaded_executable = handle_.get();
  plugin_->call(plugin_->api().PJRT_LoadedExecutable_GetExecutable, args, "reading the compiled module");
  executable_ = {args.executable, {plugin_}};
}

Handle<PJRT_Event> Program::execute(const std::vector<PJRT_Buffer*>& arguments,
                                    std::vector<PJRT_Buffer*>& outputs) const {
  auto options = make_args<PJRT_ExecuteOptions>();
  PJRT_Buffer* const* argument_list = arguments.data();
  PJRT_Buffer** output_list = outputs.data();
  PJRT_Event* done = nullptr;
  auto args = make_args<PJRT_LoadedExecutable_Execute_Args>();
  args.executable = handle_.get();
  args.options = &options;
  args.argument_lists = &argument_list;
  args.num_devices = 1;
  args.num_args = arguments.size();
  args.output_lists = &output_list;
  args.device_complete_events = &done;
  plugin_->call(plugin_->api().PJRT_LoadedExecutable_Execute, args, "the forward pass");
  return {done, {plugin_}};
}

std::optional<OptimizedProgram> Program::optimized() const {
  auto program = make_args<PJRT_Program>();
  auto args = make_args<PJRT_Executable_OptimizedProgram_Args>();
  args.executable = executable_.get();
  args.program = &program;
  std::string code;
  try {
    // Once for the size, once for the bytes.
    plugin_->call(plugin_->api().PJRT_Executable_OptimizedProgram, args, "reading the optimised program");
    code.resize(program.code_size);
    program.code = code.data();
    plugin_->call(plugin_->api().PJRT_Executable_OptimizedProgram, args, "reading the optimised program");
  } catch (const Error&) {
    return std::nullopt;
  }
  return read_optimized_program({code.data(), program.code_size}, {program.format, program.format_size});
}

Json Program::memory() const {
  if (!plugin_->has(PJRT_STRUCT_SIZE(PJRT_Api, PJRT_Executable_GetCompiledMemoryStats))) return nullptr;
  auto args = make_args<PJRT_Executable_GetCompiledMemoryStats_Args>();
  args.executable = executable_.get();
  try {
    plugin_->call(plugin_->api().PJRT_Executable_GetCompiledMemoryStats, args, "reading memory figures");
  } catch (const Error&) {
    return nullptr;
  }
  return {{"argument_bytes", args.argument_size_in_bytes},
          {"output_bytes", args.output_size_in_bytes},
          {"temporary_bytes", args.temp_size_in_bytes},
          {"code_bytes", args.generated_code_size_in_bytes}};
}

}  // namespace medbench::pjrt
