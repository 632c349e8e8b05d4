// A PJRT plug-in with one fault, which FAULT names.
#include <cstddef>
#include <cstdlib>
#include <pjrt_c_api.h>
#include <string_view>
#include <unistd.h>

namespace {

enum class Fault { NoApi, NullApi, OtherMajor, TooOld, FailsToInitialise, Crashes, Hangs };
constexpr Fault kFault = Fault::FAULT;

constexpr std::string_view kMessage = "out of luck";

// The only error there is; it needs no memory.
PJRT_Error* error() {
  static char place;
  return reinterpret_cast<PJRT_Error*>(&place);
}

PJRT_Api make_api() {
  PJRT_Api api{};
  api.struct_size = PJRT_Api_STRUCT_SIZE;
  if (kFault == Fault::TooOld) api.struct_size = offsetof(PJRT_Api, PJRT_Compile);
  api.pjrt_api_version.struct_size = PJRT_Api_Version_STRUCT_SIZE;
  api.pjrt_api_version.major_version = kFault == Fault::OtherMajor ? PJRT_API_MAJOR + 1 : PJRT_API_MAJOR;
  api.pjrt_api_version.minor_version = PJRT_API_MINOR;
  api.PJRT_Plugin_Initialize = [](PJRT_Plugin_Initialize_Args*) { return error(); };
  api.PJRT_Error_Message = [](PJRT_Error_Message_Args* args) {
    args->message = kMessage.data();
    args->message_size = kMessage.size();
  };
  api.PJRT_Error_GetCode = [](PJRT_Error_GetCode_Args* args) -> PJRT_Error* {
    args->code = PJRT_Error_Code_FAILED_PRECONDITION;
    return nullptr;
  };
  api.PJRT_Error_Destroy = [](PJRT_Error_Destroy_Args*) {};
  return api;
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the name that every plug-in exports
extern "C" const PJRT_Api* FAULTY_ENTRY() {
  if (kFault == Fault::NullApi) return nullptr;
  if (kFault == Fault::Crashes) std::abort();
  while (kFault == Fault::Hangs) ::sleep(1);
  static const PJRT_Api kApi = make_api();
  return &kApi;
}
