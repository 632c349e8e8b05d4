#include "backend/onnxruntime/custom_ops.hpp"

#include <algorithm>
#include <exception>
#include <mutex>
#include <vector>

#include "kernels/int8_groups.hpp"

namespace medbench::ort {

namespace {

// Of the library's struct of callbacks, in its order; callbacks that are null are not needed.
struct Callbacks {
  std::uint32_t version = 0;  // of the interface that the members belong to
  void* create = nullptr;     // replaced by create_kernel
  const char* (*name)(const Callbacks*) = nullptr;
  const char* (*provider)(const Callbacks*) = nullptr;
  Element (*input_type)(const Callbacks*, std::size_t) = nullptr;
  std::size_t (*input_count)(const Callbacks*) = nullptr;
  Element (*output_type)(const Callbacks*, std::size_t) = nullptr;
  std::size_t (*output_count)(const Callbacks*) = nullptr;
  void* compute_without_status = nullptr;  // replaced by compute
  void (*destroy)(void*) = nullptr;
  int (*input_characteristic)(const Callbacks*, std::size_t) = nullptr;   // 0: required
  int (*output_characteristic)(const Callbacks*, std::size_t) = nullptr;  // 0: required
  MemoryType (*input_memory)(const Callbacks*, std::size_t) = nullptr;
  void* variadic[4] = {};  // NOLINT(modernize-avoid-c-arrays): the library's layout
  Status* (*create_kernel)(const Callbacks*, const void* api, const KernelInfo*, void** kernel) = nullptr;
  Status* (*compute)(void* kernel, KernelContext*) = nullptr;
  void* shapes = nullptr;
  void* versions[2] = {};  // NOLINT(modernize-avoid-c-arrays)
  void* aliases[4] = {};   // NOLINT(modernize-avoid-c-arrays)
};

// Inputs in order.
enum Input : std::size_t { X, Integers, Factors, Equalisers, Bias, InputCount };

// Parts of the work that threads take one after the other.
constexpr std::int64_t kRowsOfPart = 16;
constexpr std::int64_t kPanelsOfPart = 4;

std::size_t part_count(std::int64_t whole, std::int64_t part) {
  return static_cast<std::size_t>((whole + part - 1) / part);
}

class Kernel {
 public:
  Kernel(const Api& api, const KernelInfo* info) : api_(api) {
    shape_ = {.in = attribute(info, "in"), .out = attribute(info, "out"), .group = attribute(info, "group")};
    activation_max_ = static_cast<std::int32_t>(attribute(info, "activation_max"));
    isa_ = kernels::best_isa(attribute(info, "int16_sums") != 0);
  }

  void compute(KernelContext* context) {
    const Value* x = input(context, X);
    std::vector<std::int64_t> sizes = sizes_of(x);
    std::int64_t rows = 1;
    for (std::size_t i = 0; i + 1 < sizes.size(); ++i) rows *= sizes[i];
    sizes.back() = shape_.out;
    Value* y = nullptr;
    api_.call(slot::kKernelOutput, context, std::size_t{0}, sizes.data(), sizes.size(), &y);
    const kernels::GroupedWeights weights{.shape = shape_,
                                          .integers = data<std::int8_t>(input(context, Integers)),
                                          .factors = data<float>(input(context, Factors)),
                                          .equalisers = data<float>(input(context, Equalisers))};
    const kernels::Output output{.bias = data<float>(input(context, Bias)),
                                 .residual = nullptr,
                                 .y = const_cast<float*>(data<float>(y))};
    const float* numbers = data<float>(x);
    // Passes at the same time are possible; only one of them has the memory of the last pass.
    const std::unique_lock lock(mutex_, std::try_to_lock);
    kernels::GroupedRows own;
    kernels::GroupedRows& rounded = lock.owns_lock() ? rows_ : own;
    rounded.resize(shape_, rows);
    share(context, rows, kRowsOfPart, [&](std::int64_t first, std::int64_t last) {
      round_rows(weights, numbers, first, last, activation_max_, rounded, isa_);
    });
    share(context, shape_.panels(), kPanelsOfPart, [&](std::int64_t first, std::int64_t last) {
      multiply_panels(weights, rounded, rows, first, last, output, isa_);
    });
  }

  [[nodiscard]] const Api& api() const { return api_; }

 private:
  std::int64_t attribute(const KernelInfo* info, const char* name) const {
    std::int64_t number = 0;
    api_.call(slot::kKernelAttribute, info, name, &number);
    return number;
  }
  const Value* input(const KernelContext* context, std::size_t index) const {
    const Value* value = nullptr;
    api_.call(slot::kKernelInput, context, index, &value);
    return value;
  }
  template <class T>
  const T* data(const Value* value) const {
    void* address = nullptr;
    api_.call(slot::kTensorData, const_cast<Value*>(value), &address);
    return static_cast<const T*>(address);
  }
  std::vector<std::int64_t> sizes_of(const Value* value) const {
    const auto type = create<TensorType>(api_, slot::kTensorType, value);
    std::size_t rank = 0;
    api_.call(slot::kRank, static_cast<const TensorType*>(type.get()), &rank);
    std::vector<std::int64_t> sizes(rank);
    api_.call(slot::kSizes, static_cast<const TensorType*>(type.get()), sizes.data(), rank);
    return sizes;
  }

  // Runs part(first, last) for parts of [0, whole) on the session's threads. A part throws nothing.
  template <class Part>
  void share(const KernelContext* context, std::int64_t whole, std::int64_t length, const Part& part) const {
    struct Work {
      const Part& part;
      std::int64_t whole;
      std::int64_t length;
    } work{part, whole, length};
    const auto run = [](void* data, std::size_t index) {
      const Work& given = *static_cast<const Work*>(data);
      const std::int64_t first = static_cast<std::int64_t>(index) * given.length;
      given.part(first, std::min(given.whole, first + given.length));
    };
    void (*function)(void*, std::size_t) = run;
    api_.call(slot::kParallelFor, context, function, part_count(whole, length), std::size_t{0},
              static_cast<void*>(&work));
  }

  Api api_;
  kernels::GroupedShape shape_;
  std::int32_t activation_max_ = 0;
  kernels::Isa isa_ = kernels::Isa::Portable;
  std::mutex mutex_;
  kernels::GroupedRows rows_;
};

// What a callback throws goes to the library as a status.
template <class Body>
Status* guarded(const Api& api, const Body& body) {
  try {
    body();
    return nullptr;
  } catch (const std::exception& error) {
    return static_cast<Status*>(api.call(slot::kCreateStatus, ErrorCode::Fail, error.what()));
  }
}

}  // namespace

struct CustomOps::Operator : Callbacks {
  Api api;
};

CustomOps::CustomOps(const Api& api) : api_(api), operator_(std::make_unique<Operator>()) {
  Operator& made = *operator_;
  made.api = api;
  made.version = api.version();
  made.name = [](const Callbacks*) { return "GroupedInt8Linear"; };
  made.provider = [](const Callbacks*) -> const char* { return nullptr; };  // the CPU's
  made.input_type = [](const Callbacks*, std::size_t index) {
    return index == Integers ? Element::Int8 : Element::Float;
  };
  made.input_count = [](const Callbacks*) -> std::size_t { return InputCount; };
  made.output_type = [](const Callbacks*, std::size_t) { return Element::Float; };
  made.output_count = [](const Callbacks*) -> std::size_t { return 1; };
  made.destroy = [](void* kernel) { delete static_cast<Kernel*>(kernel); };
  made.input_characteristic = [](const Callbacks*, std::size_t) { return 0; };
  made.output_characteristic = [](const Callbacks*, std::size_t) { return 0; };
  made.input_memory = [](const Callbacks*, std::size_t) { return MemoryType::Default; };
  made.create_kernel = [](const Callbacks* callbacks, const void*, const KernelInfo* info, void** kernel) {
    const Api& table = static_cast<const Operator*>(callbacks)->api;
    return guarded(table, [&] { *kernel = std::make_unique<Kernel>(table, info).release(); });
  };
  made.compute = [](void* kernel, KernelContext* context) {
    auto& layer = *static_cast<Kernel*>(kernel);
    return guarded(layer.api(), [&] { layer.compute(context); });
  };
  domain_ = create<CustomOpDomain>(api_, slot::kCreateCustomOpDomain, "medbench");
  api_.call(slot::kAddCustomOp, domain_.get(), static_cast<const void*>(static_cast<Callbacks*>(&made)));
}

CustomOps::~CustomOps() = default;

bool CustomOps::are_supported(const Api& api) {
  return api.has(slot::kParallelFor);
}

void CustomOps::add_to(SessionOptions* options) const {
  api_.call(slot::kAddCustomOpDomain, options, domain_.get());
}

}  // namespace medbench::ort
