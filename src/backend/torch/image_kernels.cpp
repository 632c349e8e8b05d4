#include "backend/torch/image_kernels.hpp"

#include <ATen/ATen.h>
#include <algorithm>

#include "backend/torch/images.hpp"
#include "backend/torch/kernel_compiler.hpp"
#include "backend/torch/kernel_device.hpp"
#include "backend/torch/kernel_source.hpp"

namespace medbench::torch_backend {

namespace {

constexpr std::int64_t kThreads = 256;
constexpr std::int64_t kMostThreadsOfRow = 32;
constexpr std::int64_t kLoads = 4;  // LOADS of image_kernels.cu
constexpr std::int64_t kMostBlocksZ = 65'535;
constexpr std::int64_t kBlocksOfSums = 528;  // enough for every processor of a card, few enough to add up
constexpr unsigned kChannelsOfFactors = 32;
constexpr unsigned kPartsOfFactors = 8;

int code_of(ir::Activation activation) {
  switch (activation) {
    case ir::Activation::Relu:
      return 1;
    case ir::Activation::LeakyRelu:
      return 2;
    case ir::Activation::Silu:
      return 3;
    case ir::Activation::Sigmoid:
      return 4;
    case ir::Activation::None:
    case ir::Activation::GeluErf:
    case ir::Activation::GeluTanh:
    case ir::Activation::Tanh:
      break;
  }
  return 0;
}

struct Sources {  // as in image_kernels.cu
  std::array<const void*, ImageKernels::kMostSources> data{};
  std::array<int, ImageKernels::kMostSources + 1> begin{};
};
struct Window {  // as in image_kernels.cu, of depth, height and width
  std::array<int, 3> in{1, 1, 1};
  std::array<int, 3> out{1, 1, 1};
  std::array<int, 3> kernel{1, 1, 1};
  std::array<int, 3> stride{1, 1, 1};
  std::array<int, 3> padding{0, 0, 0};
};

Window window_of(const at::Tensor& x, const ir::Pool& pool) {
  Window window;
  const std::size_t first = window.in.size() - pool.kernel.size();
  for (std::size_t i = 0; i < pool.kernel.size(); ++i) {
    const std::int64_t size = x.size(static_cast<std::int64_t>(i) + 2);
    window.in[first + i] = static_cast<int>(size);
    window.kernel[first + i] = static_cast<int>(pool.kernel[i]);
    window.stride[first + i] = static_cast<int>(pool.stride[i]);
    window.padding[first + i] = static_cast<int>(pool.padding[i]);
    window.out[first + i] =
        static_cast<int>((size + 2 * pool.padding[i] - pool.kernel[i]) / pool.stride[i] + 1);
  }
  return window;
}

// What a launch takes of an image.
struct Extent {
  explicit Extent(const at::Tensor& x)
      : images(static_cast<int>(x.size(0))),
        rows(x.numel() / std::max<std::int64_t>(x.size(0) * x.size(1), 1)),
        width(static_cast<int>(x.size(1) / Kernels::kPiece)) {}
  Extent all_rows() const {
    Extent extent = *this;
    extent.rows *= images;
    extent.images = 1;
    return extent;
  }
  int images;
  long long rows;  // of an image
  int width;       // pieces of a row
};

const void* data_of(const at::Tensor& tensor) {
  return tensor.defined() ? tensor.const_data_ptr() : nullptr;
}

class CompiledImageKernels final : public ImageKernels {
 public:
  CompiledImageKernels(c10::Device device, at::ScalarType type)
      : device_(device), module_(kImageKernelSource, kernel_options(device, type)) {}

  void finish(at::Tensor& x, const at::Tensor& scale, const at::Tensor& shift, const at::Tensor& addend,
              const ir::Activate& activation) override {
    const at::Tensor added =
        addend.defined() ? addend.contiguous(memory_format(x.dim(), true)) : at::Tensor();
    finish(x, added, scale, shift, x, Extent(x).all_rows(), activation);
  }

  at::Tensor join(const std::vector<at::Tensor>& images, const at::Tensor& scale, const at::Tensor& shift,
                  const ir::Activate& activation) override {
    const at::MemoryFormat format = memory_format(images.front().dim(), true);
    std::vector<at::Tensor> kept;
    Sources sources;
    int count = 0;
    for (const at::Tensor& image : images) {
      kept.push_back(image.contiguous(format));
      const auto place = static_cast<std::size_t>(count++);
      sources.data.at(place) = kept.back().const_data_ptr();
      sources.begin.at(place + 1) =
          sources.begin.at(place) + static_cast<int>(image.size(1) / Kernels::kPiece);
    }
    std::vector<std::int64_t> sizes = images.front().sizes().vec();
    sizes[1] = Kernels::kPiece * sources.begin.at(images.size());
    at::Tensor out = at::empty(sizes, images.front().options(), format);
    Extent extent = Extent(out).all_rows();
    const void* factor = data_of(scale);
    const void* added = data_of(shift);
    void* to = out.mutable_data_ptr();
    int code = code_of(activation.activation);
    auto slope = static_cast<float>(activation.slope);
    void* arguments[] = {&sources, &count, &factor, &added, &to, &extent.rows, &code, &slope};
    launch(join_, shape_of(extent, kLoads), stream_of(device_), arguments);
    return out;
  }

  at::Tensor instance_norm(const at::Tensor& image, const at::Tensor& weight, const at::Tensor& bias,
                           double epsilon, const ir::Activate& activation) override {
    const at::Tensor x = image.contiguous(memory_format(image.dim(), true));
    Extent extent(x);
    const LaunchShape shape = shape_of(extent, 2 * kLoads, kBlocksOfSums);
    int parts = static_cast<int>(shape.blocks);
    const auto options = x.options().dtype(at::kFloat).memory_format(std::nullopt);
    const at::Tensor sums = at::empty({x.size(0), parts, 2, x.size(1)}, options);
    const at::Tensor factors = at::empty({2, x.size(0), x.size(1)}, options);
    const at::Tensor scale = factors.select(0, 0);
    const at::Tensor shift = factors.select(0, 1);
    sum_up(x, sums, extent, shape);
    make_factors(x, sums, weight, bias, factors, extent, parts, static_cast<float>(epsilon));
    at::Tensor out = at::empty_like(x);
    finish(x, {}, scale, shift, out, extent, activation);
    return out;
  }

  at::Tensor max_pool(const at::Tensor& image, const at::Tensor& shift, const ir::Pool& pool,
                      const ir::Activate& activation) override {
    const at::MemoryFormat format = memory_format(image.dim(), true);
    const at::Tensor x = image.contiguous(format);
    Window window = window_of(x, pool);
    std::vector<std::int64_t> sizes{x.size(0), x.size(1)};
    for (std::size_t i = window.out.size() - pool.kernel.size(); i < window.out.size(); ++i)
      sizes.push_back(window.out.at(i));
    at::Tensor out = at::empty(sizes, x.options(), format);
    Extent extent = Extent(out).all_rows();
    const void* from = x.const_data_ptr();
    const void* added = data_of(shift);
    void* to = out.mutable_data_ptr();
    int code = code_of(activation.activation);
    auto slope = static_cast<float>(activation.slope);
    void* arguments[] = {&from, &added, &to, &window, &extent.width, &extent.rows, &code, &slope};
    launch(max_pool_, shape_of(extent, 1), stream_of(device_), arguments);
    return out;
  }

 private:
  // Each thread takes so many rows, or more where `most_blocks` of an image would not do.
  static LaunchShape shape_of(const Extent& extent, std::int64_t rows_of_thread,
                              std::int64_t most_blocks = std::int64_t{1} << 30U) {
    const std::int64_t x = std::min<std::int64_t>(extent.width, kMostThreadsOfRow);
    const std::int64_t y = kThreads / x;
    const std::int64_t across = (extent.width + x - 1) / x;
    const std::int64_t of_image =
        std::max<std::int64_t>(most_blocks / std::max<std::int64_t>(across * extent.images, 1), 1);
    const std::int64_t blocks = (extent.rows + y * rows_of_thread - 1) / (y * rows_of_thread);
    return {.blocks = static_cast<unsigned>(std::clamp<std::int64_t>(blocks, 1, of_image)),
            .blocks_y = static_cast<unsigned>(across),
            .blocks_z = static_cast<unsigned>(std::min<std::int64_t>(extent.images, kMostBlocksZ)),
            .threads_x = static_cast<unsigned>(x),
            .threads_y = static_cast<unsigned>(y)};
  }

  void finish(const at::Tensor& x, const at::Tensor& addend, const at::Tensor& scale, const at::Tensor& shift,
              const at::Tensor& out, Extent extent, const ir::Activate& activation) {
    const void* from = x.const_data_ptr();
    const void* added = data_of(addend);
    const void* factor = data_of(scale);
    const void* moved = data_of(shift);
    void* to = out.mutable_data_ptr();
    int stride = static_cast<int>(x.size(1));
    int code = code_of(activation.activation);
    auto slope = static_cast<float>(activation.slope);
    void* arguments[] = {&from,         &added,         &factor, &moved, &to,   &extent.rows,
                         &extent.width, &extent.images, &stride, &code,  &slope};
    launch(finish_, shape_of(extent, kLoads), stream_of(device_), arguments);
  }

  void sum_up(const at::Tensor& x, const at::Tensor& sums, Extent extent, const LaunchShape& shape) {
    const void* from = x.const_data_ptr();
    void* to = sums.mutable_data_ptr();
    void* arguments[] = {&from, &to, &extent.rows, &extent.width, &extent.images};
    launch(sum_up_, shape, stream_of(device_), arguments);
  }

  void make_factors(const at::Tensor& x, const at::Tensor& sums, const at::Tensor& weight,
                    const at::Tensor& bias, const at::Tensor& factors, Extent extent, int parts,
                    float epsilon) {
    const void* from = x.const_data_ptr();
    const void* of = sums.const_data_ptr();
    const void* factor = data_of(weight);
    const void* added = data_of(bias);
    void* scale = factors.mutable_data_ptr();
    void* shift = factors.select(0, 1).mutable_data_ptr();
    void* arguments[] = {&from,        &of,           &factor,        &added, &scale,  &shift,
                         &extent.rows, &extent.width, &extent.images, &parts, &epsilon};
    const auto channels = static_cast<unsigned>(x.size(1));
    launch(factors_,
           {.blocks = (channels + kChannelsOfFactors - 1) / kChannelsOfFactors,
            .blocks_y = static_cast<unsigned>(std::min<std::int64_t>(extent.images, kMostBlocksZ)),
            .threads_x = kChannelsOfFactors,
            .threads_y = kPartsOfFactors},
           stream_of(device_), arguments);
  }

  c10::Device device_;
  KernelModule module_;
  KernelFunction finish_ = module_.function("finish");
  KernelFunction join_ = module_.function("join");
  KernelFunction sum_up_ = module_.function("sum_up");
  KernelFunction factors_ = module_.function("factors");
  KernelFunction max_pool_ = module_.function("max_pool");
};

}  // namespace

bool ImageKernels::takes(ir::Activation activation) {
  return activation == ir::Activation::None || code_of(activation) != 0;
}

std::shared_ptr<ImageKernels> ImageKernels::find(c10::Device device, at::ScalarType type,
                                                 std::string& problem) {
  return find_kernels<CompiledImageKernels>(device, type, problem);
}

}  // namespace medbench::torch_backend
