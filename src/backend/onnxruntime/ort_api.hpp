// The C interface of ONNX Runtime, as far as medbench uses it. The library hands out a table of function
// pointers that only grows: a function keeps its slot in all versions, so that naming slot, signature and
// first version is enough to drive any library at hand, and no header of one version is needed. This header
// knows no models and no jobs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/error.hpp"

namespace medbench::ort {

// Types of the library that are only ever pointed to.
struct Status;
struct Env;
struct Session;
struct SessionOptions;
struct RunOptions;
struct IoBinding;
struct MemoryInfo;
struct Value;
struct Allocator;  // owned by the library where a function hands one out
struct KeyValuePairs;
struct CudaOptions;
struct TensorRtOptions;
struct EpDevice;
struct HardwareDevice;
struct CustomOpDomain;
struct KernelInfo;
struct KernelContext;
struct TensorType;

// Enumerations, with the numbers of the library.
enum class ErrorCode : int { Ok = 0, Fail = 1, InvalidArgument = 2, NotImplemented = 9 };
enum class LogLevel : int { Verbose, Info, Warning, Error, Fatal };
enum class AllocatorType : int { Device = 0, Arena = 1 };
enum class MemoryType : int { Default = 0 };
enum class Optimization : int { None = 0, Basic = 1, Extended = 2, All = 99 };
enum class HardwareType : int { Cpu, Gpu, Npu };
enum class Element : int {
  Undefined = 0,
  Float = 1,
  UInt8 = 2,
  Int8 = 3,
  Int16 = 5,
  Int32 = 6,
  Int64 = 7,
  Bool = 9,
  Float16 = 10,
  Double = 11,
  BFloat16 = 16,
};

struct ApiBase {
  const void* (*get_api)(std::uint32_t version);
  const char* (*get_version)();
};

// One function: its place in the table, the first version of the interface that has it, and its name.
template <class Signature>
struct Slot;
template <class Result, class... Parameters>
struct Slot<Result(Parameters...)> {
  std::size_t index;
  std::uint32_t since;
  std::string_view name;
};

namespace slot {
using Text = const char*;

// A status that a callback returns, and not one that tells how the call went.
inline constexpr Slot<void*(ErrorCode, Text message)> kCreateStatus{0, 1, "CreateStatus"};
inline constexpr Slot<ErrorCode(const Status*)> kGetErrorCode{1, 1, "GetErrorCode"};
inline constexpr Slot<Text(const Status*)> kGetErrorMessage{2, 1, "GetErrorMessage"};
inline constexpr Slot<Status*(LogLevel, Text id, Env**)> kCreateEnv{3, 1, "CreateEnv"};
inline constexpr Slot<Status*(const Env*, const void*, std::size_t, const SessionOptions*, Session**)>
    kCreateSessionFromArray{8, 1, "CreateSessionFromArray"};
inline constexpr Slot<Status*(SessionOptions**)> kCreateSessionOptions{10, 1, "CreateSessionOptions"};
inline constexpr Slot<Status*(SessionOptions*, Text prefix)> kEnableProfiling{14, 1, "EnableProfiling"};
inline constexpr Slot<Status*(SessionOptions*)> kDisableMemPattern{17, 1, "DisableMemPattern"};
inline constexpr Slot<Status*(SessionOptions*)> kDisableCpuMemArena{19, 1, "DisableCpuMemArena"};
inline constexpr Slot<Status*(SessionOptions*, Optimization)> kSetGraphOptimization{
    23, 1, "SetSessionGraphOptimizationLevel"};
inline constexpr Slot<Status*(SessionOptions*, int)> kSetIntraOpThreads{24, 1, "SetIntraOpNumThreads"};
inline constexpr Slot<Status*(SessionOptions*, int)> kSetInterOpThreads{25, 1, "SetInterOpNumThreads"};
inline constexpr Slot<Status*(Text domain, CustomOpDomain**)> kCreateCustomOpDomain{26, 1,
                                                                                    "CreateCustomOpDomain"};
inline constexpr Slot<Status*(CustomOpDomain*, const void* operation)> kAddCustomOp{27, 1,
                                                                                    "CustomOpDomain_Add"};
inline constexpr Slot<Status*(SessionOptions*, CustomOpDomain*)> kAddCustomOpDomain{28, 1,
                                                                                    "AddCustomOpDomain"};
inline constexpr Slot<Status*(RunOptions**)> kCreateRunOptions{39, 1, "CreateRunOptions"};
inline constexpr Slot<Status*(Allocator*, const std::int64_t* shape, std::size_t rank, Element, Value**)>
    kCreateTensor{48, 1, "CreateTensorAsOrtValue"};
inline constexpr Slot<Status*(const MemoryInfo*, void*, std::size_t bytes, const std::int64_t* shape,
                              std::size_t rank, Element, Value**)>
    kCreateTensorWithData{49, 1, "CreateTensorWithDataAsOrtValue"};
inline constexpr Slot<Status*(Value*, void** data)> kTensorData{51, 1, "GetTensorMutableData"};
inline constexpr Slot<Status*(const TensorType*, std::size_t*)> kRank{61, 1, "GetDimensionsCount"};
inline constexpr Slot<Status*(const TensorType*, std::int64_t* sizes, std::size_t rank)> kSizes{
    62, 1, "GetDimensions"};
inline constexpr Slot<Status*(const Value*, TensorType**)> kTensorType{65, 1, "GetTensorTypeAndShape"};
inline constexpr Slot<Status*(Text name, AllocatorType, int id, MemoryType, MemoryInfo**)> kCreateMemoryInfo{
    68, 1, "CreateMemoryInfo"};
inline constexpr Slot<Status*(Allocator*, void*)> kAllocatorFree{76, 1, "AllocatorFree"};
inline constexpr Slot<Status*(Allocator**)> kGetDefaultAllocator{78, 1, "GetAllocatorWithDefaultOptions"};
inline constexpr Slot<Status*(const KernelInfo*, Text name, std::int64_t*)> kKernelAttribute{
    86, 1, "KernelInfoGetAttribute_int64"};
inline constexpr Slot<Status*(const KernelContext*, std::size_t index, const Value**)> kKernelInput{
    90, 1, "KernelContext_GetInput"};
inline constexpr Slot<Status*(KernelContext*, std::size_t index, const std::int64_t* sizes, std::size_t rank,
                              Value**)>
    kKernelOutput{91, 1, "KernelContext_GetOutput"};
inline constexpr Slot<void(Env*)> kReleaseEnv{92, 1, "ReleaseEnv"};
inline constexpr Slot<void(Status*)> kReleaseStatus{93, 1, "ReleaseStatus"};
inline constexpr Slot<void(MemoryInfo*)> kReleaseMemoryInfo{94, 1, "ReleaseMemoryInfo"};
inline constexpr Slot<void(Session*)> kReleaseSession{95, 1, "ReleaseSession"};
inline constexpr Slot<void(Value*)> kReleaseValue{96, 1, "ReleaseValue"};
inline constexpr Slot<void(RunOptions*)> kReleaseRunOptions{97, 1, "ReleaseRunOptions"};
inline constexpr Slot<void(TensorType*)> kReleaseTensorType{99, 1, "ReleaseTensorTypeAndShapeInfo"};
inline constexpr Slot<void(CustomOpDomain*)> kReleaseCustomOpDomain{101, 1, "ReleaseCustomOpDomain"};
inline constexpr Slot<void(SessionOptions*)> kReleaseSessionOptions{100, 1, "ReleaseSessionOptions"};
inline constexpr Slot<Status*(Session*, Allocator*, char** file)> kEndProfiling{110, 2,
                                                                                "SessionEndProfiling"};
inline constexpr Slot<Status*(char*** names, int* count)> kGetAvailableProviders{125, 4,
                                                                                 "GetAvailableProviders"};
inline constexpr Slot<Status*(char** names, int count)> kReleaseAvailableProviders{
    126, 4, "ReleaseAvailableProviders"};
inline constexpr Slot<Status*(SessionOptions*, Text key, Text value)> kAddConfigEntry{
    130, 5, "AddSessionConfigEntry"};
inline constexpr Slot<Status*(const Session*, const MemoryInfo*, Allocator**)> kCreateAllocator{
    131, 5, "CreateAllocator"};
inline constexpr Slot<void(Allocator*)> kReleaseAllocator{132, 5, "ReleaseAllocator"};
inline constexpr Slot<Status*(Session*, const RunOptions*, const IoBinding*)> kRunWithBinding{
    133, 5, "RunWithBinding"};
inline constexpr Slot<Status*(Session*, IoBinding**)> kCreateIoBinding{134, 5, "CreateIoBinding"};
inline constexpr Slot<void(IoBinding*)> kReleaseIoBinding{135, 5, "ReleaseIoBinding"};
inline constexpr Slot<Status*(IoBinding*, Text name, const Value*)> kBindInput{136, 5, "BindInput"};
inline constexpr Slot<Status*(IoBinding*, Text name, const Value*)> kBindOutput{137, 5, "BindOutput"};
inline constexpr Slot<Status*(RunOptions*, Text key, Text value)> kAddRunConfigEntry{165, 8,
                                                                                     "AddRunConfigEntry"};
inline constexpr Slot<Status*(SessionOptions*, const TensorRtOptions*)> kAppendTensorRt{
    170, 9, "SessionOptionsAppendExecutionProvider_TensorRT_V2"};
inline constexpr Slot<Status*(TensorRtOptions**)> kCreateTensorRtOptions{171, 9,
                                                                         "CreateTensorRTProviderOptions"};
inline constexpr Slot<Status*(TensorRtOptions*, const Text* keys, const Text* values, std::size_t)>
    kUpdateTensorRtOptions{172, 9, "UpdateTensorRTProviderOptions"};
inline constexpr Slot<void(TensorRtOptions*)> kReleaseTensorRtOptions{174, 9,
                                                                      "ReleaseTensorRTProviderOptions"};
inline constexpr Slot<Status*(IoBinding*)> kSynchronizeInputs{202, 10, "SynchronizeBoundInputs"};
inline constexpr Slot<Status*(IoBinding*)> kSynchronizeOutputs{203, 10, "SynchronizeBoundOutputs"};
inline constexpr Slot<Status*(SessionOptions*, const CudaOptions*)> kAppendCuda{
    204, 11, "SessionOptionsAppendExecutionProvider_CUDA_V2"};
inline constexpr Slot<Status*(CudaOptions**)> kCreateCudaOptions{205, 11, "CreateCUDAProviderOptions"};
inline constexpr Slot<Status*(CudaOptions*, const Text* keys, const Text* values, std::size_t)>
    kUpdateCudaOptions{206, 11, "UpdateCUDAProviderOptions"};
inline constexpr Slot<void(CudaOptions*)> kReleaseCudaOptions{208, 11, "ReleaseCUDAProviderOptions"};
inline constexpr Slot<Status*(SessionOptions*, const Text* names, const Value* const*, std::size_t)>
    kAddExternalInitializers{210, 12, "AddExternalInitializers"};
inline constexpr Slot<Status*(SessionOptions*, Text name, const Text* keys, const Text* values, std::size_t)>
    kAppendProvider{216, 12, "SessionOptionsAppendExecutionProvider"};
inline constexpr Slot<Text()> kGetBuildInfo{254, 15, "GetBuildInfoString"};
inline constexpr Slot<Status*(const KernelContext*, void (*function)(void*, std::size_t), std::size_t total,
                              std::size_t batches, void* data)>
    kParallelFor{274, 17, "KernelContext_ParallelFor"};
inline constexpr Slot<Text(const KeyValuePairs*, Text key)> kGetKeyValue{297, 22, "GetKeyValue"};
inline constexpr Slot<void(KeyValuePairs*)> kReleaseKeyValuePairs{300, 22, "ReleaseKeyValuePairs"};
inline constexpr Slot<Status*(Env*, Text name, Text path)> kRegisterProviderLibrary{
    301, 22, "RegisterExecutionProviderLibrary"};
inline constexpr Slot<Status*(const Env*, const EpDevice* const**, std::size_t*)> kGetEpDevices{
    303, 22, "GetEpDevices"};
inline constexpr Slot<Status*(SessionOptions*, Env*, const EpDevice* const*, std::size_t devices,
                              const Text* keys, const Text* values, std::size_t options)>
    kAppendProviderV2{304, 22, "SessionOptionsAppendExecutionProvider_V2"};
inline constexpr Slot<HardwareType(const HardwareDevice*)> kHardwareType{307, 22, "HardwareDevice_Type"};
inline constexpr Slot<Text(const HardwareDevice*)> kHardwareVendor{309, 22, "HardwareDevice_Vendor"};
inline constexpr Slot<Text(const EpDevice*)> kEpName{312, 22, "EpDevice_EpName"};
inline constexpr Slot<const HardwareDevice*(const EpDevice*)> kEpHardware{316, 22, "EpDevice_Device"};
inline constexpr Slot<Status*(const Allocator*, KeyValuePairs**)> kGetAllocatorStats{319, 23,
                                                                                     "AllocatorGetStats"};
inline constexpr Slot<Status*(RunOptions*, Text prefix)> kEnableRunProfiling{415, 25,
                                                                             "RunOptionsEnableProfiling"};
}  // namespace slot

// The table of a loaded library, and the version of the interface that it was asked for.
class Api {
 public:
  Api() = default;
  Api(const void* table, std::uint32_t version)
      : table_(static_cast<void* const*>(table)), version_(version) {}

  [[nodiscard]] std::uint32_t version() const { return version_; }

  template <class Signature>
  [[nodiscard]] bool has(const Slot<Signature>& function) const {
    return version_ >= function.since;
  }

  // Calls the function. A status that is not success is thrown: as bad_alloc where memory ran out, else as
  // Runtime with the function's name and the library's message on one line. Throws Environment where the
  // library is older than the function.
  template <class Result, class... Parameters, class... Arguments>
  auto call(const Slot<Result(Parameters...)>& function, Arguments&&... arguments) const {
    if (!has(function)) throw_too_old(function.name, function.since);
    const auto address =  // the table's type for a function of any signature
        reinterpret_cast<Result (*)(Parameters...)>(table_[function.index]);
    if constexpr (std::is_same_v<Result, Status*>) {
      check(function.name, address(std::forward<Arguments>(arguments)...));
    } else {
      return address(std::forward<Arguments>(arguments)...);
    }
  }

 private:
  void check(std::string_view function, Status* status) const;
  [[noreturn]] void throw_too_old(std::string_view function, std::uint32_t since) const;

  void* const* table_ = nullptr;
  std::uint32_t version_ = 0;
};

}  // namespace medbench::ort
