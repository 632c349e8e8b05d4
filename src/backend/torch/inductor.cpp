#include "backend/torch/inductor.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fmt/ranges.h>
#include <fstream>
#include <poll.h>
#include <torch/csrc/inductor/aoti_package/model_package_loader.h>
#include <torch/headeronly/version.h>
#include <unistd.h>
#include <utility>

#include "backend/torch/cuda_library.hpp"
#include "backend/torch/python_program.hpp"
#include "backend/torch/tensors.hpp"
#include "base/cache.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/subprocess.hpp"
#include "machine/machine.hpp"
#include "passes/precision.hpp"

namespace medbench::torch_backend {

namespace {

namespace fs = std::filesystem;

using Loader = torch::inductor::AOTIModelPackageLoader;

constexpr const char* kPythonVariable = "MEDBENCH_PYTHON";
constexpr std::size_t kLongestWords = 400;

// Behind the program. The package is not linked with libtorch.so, which is empty and would need all of CUDA's
// libraries where the worker has none.
constexpr std::string_view kDriver = R"(
if __name__ == "__main__":
    import sys
    import torch._inductor.cpp_builder as builder

    if torch.__version__.split("+")[0] != "{version}":
        sys.exit("its torch is " + torch.__version__ + ", and {version} is needed")
    torch.set_num_threads({threads})
    command_of = builder.CppBuilder.get_command_line
    builder.CppBuilder.get_command_line = lambda self: command_of(self).replace(" -ltorch ", " ")
    model = Network(sys.argv[1]).eval().to("{device}")
    with torch.no_grad():
        exported = torch.export.export(model, tuple(tensor.to("{device}") for tensor in inputs()))
    torch._inductor.aoti_compile_and_package(exported, package_path=sys.argv[2], inductor_configs={{"freezing": True}})
)";

std::string python() {
  const char* text = std::getenv(kPythonVariable);
  return text == nullptr || *text == '\0' ? "python3" : text;
}

class TemporaryFolder {
 public:
  explicit TemporaryFolder(const fs::path& parent) {
    std::error_code error;
    fs::create_directories(parent, error);
    std::string name = (parent / ".making-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw environment_error("cannot make a folder in {}: set MEDBENCH_CACHE_DIR to one that can be written",
                              parent.string());
    }
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::string last_line(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  return printable(text.substr(text.rfind('\n') + 1), kLongestWords);
}

// Waits for the end of both streams; what was said on the second.
std::string read_words(Subprocess& child) {
  std::string words;
  std::array<char, 4096> buffer{};
  while (child.output() || child.error()) {
    std::array<pollfd, 2> fds{pollfd{child.output().get(), POLLIN, 0},
                              pollfd{child.error().get(), POLLIN, 0}};
    ::poll(fds.data(), fds.size(), -1);
    for (UniqueFd* stream : {&child.output(), &child.error()}) {
      if (!*stream) continue;
      const auto count = read_some(stream->get(), buffer);
      if (!count) {
        stream->reset();
      } else if (stream == &child.error()) {
        words.append(buffer.data(), *count);
        constexpr std::size_t kKept = 65'536;
        if (words.size() > 2 * kKept) words.erase(0, words.size() - kKept);
      }
    }
  }
  return words;
}

void run_python(const std::vector<std::string>& arguments) {
  std::vector<std::string> argv{python()};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  Subprocess child({.argv = argv, .environment = {}});
  child.input().reset();
  const std::string words = read_words(child);
  const ExitStatus status = child.finish();
  if (status.kind == ExitStatus::Kind::Exited && status.value == 0) return;
  const std::string last = last_line(words);
  throw environment_error("inductor: {} ended with {}: {}", argv.front(), to_string(status),
                          last.empty() ? "it said nothing" : last);
}

// The file of weights, and their part of the key.
void write_weights_file(const fs::path& path, const ir::Graph& graph, ir::ParameterSource& weights,
                        const PythonProgram& program, ContentHash& hash) {
  std::ofstream file(path, std::ios::binary);
  write_weights(graph, weights, program, [&](std::span<const std::byte> bytes) {
    hash.add(bytes);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  });
  if (!file.flush()) throw environment_error("cannot write {}: is the disk full?", path.string());
}

std::string describe_device(c10::Device device) {
  if (device.is_cpu()) {
    const MachineProfile machine = read_machine_profile();
    return fmt::format("{} {} {}", machine.cpu_model, fmt::join(machine.isa, " "), at::get_cpu_capability());
  }
  const device::CudaDevice& card = cuda_support().devices.at(static_cast<std::size_t>(device.index()));
  return fmt::format("{} {}.{}", card.name, card.compute_major, card.compute_minor);
}

std::shared_ptr<Loader> load(const fs::path& package, c10::Device device) {
  constexpr std::size_t kRunners = 1;
  constexpr bool kSingleThreaded = true;  // without locks, which a captured graph could not hold
  return std::make_shared<Loader>(package.string(), "model", kSingleThreaded, kRunners,
                                  device.is_cpu() ? c10::DeviceIndex{-1} : device.index());
}

// From the cache, or made for it.
std::shared_ptr<Loader> package_of(const ir::Graph& graph, ir::ParameterSource& weights, const Axes& axes,
                                   const InductorSettings& settings, Json& details) {
  const PythonProgram program = write_python(graph, axes, settings.channels_last);
  const std::string text = program.text + fmt::format(kDriver, fmt::arg("version", TORCH_VERSION),
                                                      fmt::arg("threads", settings.threads),
                                                      fmt::arg("device", settings.device.str()));
  const fs::path folder = cache_folder("inductor");
  const TemporaryFolder fresh(folder);
  ContentHash hash;
  hash.add(fmt::format("{}\n{}\n", describe_device(settings.device), text.size()));
  hash.add(text);
  const fs::path data = fresh.path() / "weights.bin";
  write_weights_file(data, graph, weights, program, hash);
  const fs::path package = folder / (hash.hex() + ".pt2");
  std::error_code ignored;
  if (fs::exists(package, ignored)) {
    try {
      auto loader = load(package, settings.device);
      details["inductor_cache"] = "hit";
      return loader;
    } catch (const std::exception&) {  // a broken one is made again
      fs::remove(package, ignored);
    }
  }
  const fs::path script = fresh.path() / "network.py";
  const fs::path made = fresh.path() / "made.pt2";
  replace_file(script, text);
  run_python({script.string(), data.string(), made.string()});
  std::error_code error;
  fs::rename(made, package, error);
  if (error) throw environment_error("inductor left no package: {}", error.message());
  details["inductor_cache"] = "made";
  return load(package, settings.device);
}

void note_products(const ir::Graph& graph, Program& program) {
  for (const ir::Node& node : graph.nodes) {
    const bool multiplies = std::visit(
        []<class Op>(const Op&) {
          return std::same_as<Op, ir::Linear> || std::same_as<Op, ir::Attention> ||
                 std::same_as<Op, ir::PackedAttention> || std::same_as<Op, ir::Convolution> ||
                 std::same_as<Op, ir::TransposedConvolution>;
        },
        node.op);
    if (!multiplies) continue;
    const DType dtype = graph.value(node.inputs.at(1)).dtype;
    program.compute_types.insert(scalar_type(dtype));
    program.layer_precisions.emplace(passes::precision_of_dtype(dtype));
  }
}

}  // namespace

Program compile_with_inductor(const ir::Graph& graph, ir::ParameterSource& weights, const Axes& axes,
                              const InductorSettings& settings, Json& details) {
  auto loader = package_of(graph, weights, axes, settings, details);
  Program program;
  program.constants.resize(graph.values.size());
  program.inputs = graph.inputs();
  program.outputs = graph.outputs;
  note_products(graph, program);
  ++program.kernels["inductor"];
  Call call = [loader = std::move(loader), inputs = program.inputs, outputs = program.outputs](Values& v) {
    std::vector<at::Tensor> tensors;
    for (const ir::ValueId id : inputs) tensors.push_back(v[id]);
    const std::vector<at::Tensor> results = loader->run(tensors);
    for (std::size_t i = 0; i < outputs.size(); ++i) v[outputs[i].value] = results.at(i);
  };
  program.steps.push_back({.call = std::move(call), .dead = {}});
  return program;
}

}  // namespace medbench::torch_backend
