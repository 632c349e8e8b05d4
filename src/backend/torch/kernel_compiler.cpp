#include "backend/torch/kernel_compiler.hpp"

#include <dlfcn.h>

#include "backend/torch/torch_library.hpp"
#include "base/error.hpp"
#include "device/library.hpp"

namespace medbench::torch_backend {

namespace {

constexpr const char* kBundle = "libcaffe2_nvrtc.so";  // needs NVRTC and the driver, whose symbols it gives
constexpr std::size_t kLongestLog = 2000;

struct Functions {
  int (*create)(void**, const char*, const char*, int, const char* const*, const char* const*) = nullptr;
  int (*compile)(void*, int, const char* const*) = nullptr;
  int (*log_size)(void*, std::size_t*) = nullptr;
  int (*log)(void*, char*) = nullptr;
  int (*binary_size)(void*, std::size_t*) = nullptr;
  int (*binary)(void*, char*) = nullptr;
  int (*destroy)(void**) = nullptr;
  int (*load)(void**, const void*) = nullptr;
  int (*get)(void**, void*, const char*) = nullptr;
  int (*launch)(void*, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void*, void**,
                void**) = nullptr;
};

const Functions& functions() {
  static const Functions kFunctions = [] {
    const device::Library library((torch_library().parent_path() / kBundle).string(), RTLD_LAZY | RTLD_LOCAL);
    Functions f;
    if (!library.find("nvrtcCreateProgram", f.create) || !library.find("nvrtcCompileProgram", f.compile) ||
        !library.find("nvrtcGetProgramLogSize", f.log_size) || !library.find("nvrtcGetProgramLog", f.log) ||
        !library.find("nvrtcGetCUBINSize", f.binary_size) || !library.find("nvrtcGetCUBIN", f.binary) ||
        !library.find("nvrtcDestroyProgram", f.destroy) || !library.find("cuModuleLoadData", f.load) ||
        !library.find("cuModuleGetFunction", f.get) || !library.find("cuLaunchKernel", f.launch)) {
      throw environment_error("NVRTC is not usable: {}",
                              library.loaded() ? "functions are missing" : printable(library.error(), 400));
    }
    return f;
  }();
  return kFunctions;
}

std::string log_of(void* program) {
  std::size_t size = 0;
  if (functions().log_size(program, &size) != 0 || size == 0) return {};
  std::string text(size, '\0');
  functions().log(program, text.data());
  return printable(text, kLongestLog);
}

std::string compile(const std::string& source, const std::vector<std::string>& options) {
  void* program = nullptr;
  if (functions().create(&program, source.c_str(), "medbench.cu", 0, nullptr, nullptr) != 0)
    throw internal_error("NVRTC takes no program");
  std::vector<const char*> words;
  words.reserve(options.size());
  for (const auto& option : options) words.push_back(option.c_str());
  const int error = functions().compile(program, static_cast<int>(words.size()), words.data());
  const std::string log = error != 0 ? log_of(program) : "";
  std::size_t size = 0;
  std::string binary;
  if (error == 0 && functions().binary_size(program, &size) == 0) {
    binary.resize(size);
    functions().binary(program, binary.data());
  }
  functions().destroy(&program);
  if (binary.empty()) throw internal_error("a kernel does not compile (NVRTC error {}): {}", error, log);
  return binary;
}

}  // namespace

KernelModule::KernelModule(const std::string& source, const std::vector<std::string>& options) {
  const std::string binary = compile(source, options);
  if (const int error = functions().load(&module_, binary.data()); error != 0)
    throw internal_error("the device does not load the compiled kernels (CUDA error {})", error);
}

KernelFunction KernelModule::function(const char* name) const {
  KernelFunction function = nullptr;
  if (functions().get(&function, module_, name) != 0)
    throw internal_error("the compiled kernels have no {}", name);
  return function;
}

void launch(KernelFunction function, const LaunchShape& shape, void* stream, void** arguments) {
  const int error = functions().launch(function, shape.blocks, shape.blocks_y, shape.blocks_z,
                                       shape.threads_x, shape.threads_y, 1, 0, stream, arguments, nullptr);
  if (error != 0) throw runtime_failure("a kernel could not be launched (CUDA error {})", error);
}

}  // namespace medbench::torch_backend
