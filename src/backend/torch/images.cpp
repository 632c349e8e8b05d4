#include "backend/torch/images.hpp"

#include <ATen/ATen.h>
#include <algorithm>
#include <optional>
#include <vector>

#include "ir/quantization.hpp"

namespace medbench::torch_backend {

namespace {

constexpr std::int64_t kPlaneRank = 4;
constexpr std::int64_t kVolumeRank = 5;
constexpr double kMomentum = 0.1;  // of statistics that no pass here updates

using Sizes = std::vector<std::int64_t>;

std::optional<at::Tensor> optional(std::span<const at::Tensor> parameters, std::size_t index) {
  return index < parameters.size() ? std::optional(parameters[index]) : std::nullopt;
}

// Of cuDNN's norms, which ATen then takes where it can.
bool allows_cudnn() {
  return at::globalContext().userEnabledCuDNN();
}

Sizes scaled(const at::Tensor& x, const ir::PerDimension& scale) {
  Sizes sizes;
  for (std::size_t i = 0; i < scale.size(); ++i)
    sizes.push_back(x.size(static_cast<std::int64_t>(i) + 2) * scale[i]);
  return sizes;
}

// As ATen orders them: the last dimension first, its begin and its end.
Sizes pad_widths(const ir::Pad& op) {
  Sizes widths;
  for (std::size_t i = op.begin.size(); i-- > 0;) {
    widths.push_back(op.begin[i]);
    widths.push_back(op.end[i]);
  }
  return widths;
}

}  // namespace

bool has_images(const ir::Graph& graph) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(), [](const ir::Node& node) {
    return std::visit(
        []<class Op>(const Op&) { return ir::ImageOp<Op> || std::same_as<Op, ir::FakeQuantize>; }, node.op);
  });
}

at::MemoryFormat memory_format(std::int64_t rank, bool channels_last) {
  if (channels_last && rank == kPlaneRank) return at::MemoryFormat::ChannelsLast;
  if (channels_last && rank == kVolumeRank) return at::MemoryFormat::ChannelsLast3d;
  return at::MemoryFormat::Contiguous;
}

ImageForm make_image_form(const ir::Convolution& op, std::span<const at::Tensor> parameters) {
  const Sizes no_output_padding(op.stride.size(), 0);
  return {
      [op, weight = parameters[0], bias = optional(parameters, 1), no_output_padding](const at::Tensor& x) {
        return at::convolution(x, weight, bias, op.stride, op.padding, op.dilation, false, no_output_padding,
                               op.groups);
      },
      "at::convolution"};
}

ImageForm make_image_form(const ir::QuantizedConvolution& op, std::span<const at::Tensor> parameters) {
  const at::Tensor wide = parameters[0].to(at::kFloat);
  Sizes by_filter(static_cast<std::size_t>(wide.dim()), 1);
  by_filter[0] = wide.size(0);
  at::Tensor scale = at::amax(wide.abs().flatten(1), 1).div_(static_cast<double>(op.weight_max));
  scale = at::where(scale == 0, at::ones_like(scale), scale).view(by_filter);
  std::vector<at::Tensor> rounded(parameters.begin(), parameters.end());
  rounded[0] = at::round(wide / scale).mul_(scale).to(parameters[0].scalar_type());
  ImageForm form = make_image_form(op.window, rounded);
  form.kernel += " of dequantized int8";
  return form;
}

ImageForm make_image_form(const ir::TransposedConvolution& op, std::span<const at::Tensor> parameters) {
  return {[op, weight = parameters[0], bias = optional(parameters, 1)](const at::Tensor& x) {
            return at::convolution(x, weight, bias, op.stride, op.padding, op.dilation, true,
                                   op.output_padding, op.groups);
          },
          "at::convolution.transposed"};
}

ImageForm make_image_form(const ir::Pool& op) {
  const bool plane = op.kernel.size() == 2;
  const Sizes dilation(op.kernel.size(), 1);
  switch (op.kind) {
    case ir::Pooling::Max:
      if (plane) {
        return {[op, dilation](const at::Tensor& x) {
                  return at::max_pool2d(x, op.kernel, op.stride, op.padding, dilation, false);
                },
                "at::max_pool2d"};
      }
      return {[op, dilation](const at::Tensor& x) {
                return at::max_pool3d(x, op.kernel, op.stride, op.padding, dilation, false);
              },
              "at::max_pool3d"};
    case ir::Pooling::Average:
      break;
  }
  if (plane) {
    return {[op](const at::Tensor& x) {
              return at::avg_pool2d(x, op.kernel, op.stride, op.padding, false, op.count_padding);
            },
            "at::avg_pool2d"};
  }
  return {[op](const at::Tensor& x) {
            const auto pool = [&](const at::Tensor& volume) {
              return at::avg_pool3d(volume, op.kernel, op.stride, op.padding, false, op.count_padding);
            };
            // ATen has none in 16 bits on the CPU; autocast computes it in fp32 there.
            const bool widens = x.is_cpu() && x.scalar_type() != at::kFloat;
            return widens ? pool(x.to(at::kFloat)).to(x.scalar_type()) : pool(x);
          },
          "at::avg_pool3d"};
}

ImageForm make_image_form(const ir::AdaptiveAveragePool& op) {
  if (op.sizes.size() == 2) {
    return {[op](const at::Tensor& x) { return at::adaptive_avg_pool2d(x, op.sizes); },
            "at::adaptive_avg_pool2d"};
  }
  return {[op](const at::Tensor& x) { return at::adaptive_avg_pool3d(x, op.sizes); },
          "at::adaptive_avg_pool3d"};
}

ImageForm make_image_form(const ir::BatchNorm& op, std::span<const at::Tensor> parameters) {
  return {[op, scale = parameters[0], shift = parameters[1], mean = parameters[2],
           variance = parameters[3]](const at::Tensor& x) {
            return at::batch_norm(x, scale, shift, mean, variance, false, kMomentum, op.epsilon,
                                  allows_cudnn());
          },
          "at::batch_norm"};
}

ImageForm make_image_form(const ir::InstanceNorm& op, std::span<const at::Tensor> parameters) {
  return {[op, scale = optional(parameters, 0), shift = optional(parameters, 1)](const at::Tensor& x) {
            return at::instance_norm(x, scale, shift, {}, {}, true, kMomentum, op.epsilon, allows_cudnn());
          },
          "at::instance_norm"};
}

ImageForm make_image_form(const ir::Upsample& op) {
  const bool plane = op.scale.size() == 2;
  switch (op.interpolation) {
    case ir::Interpolation::Nearest:
      if (plane) {
        return {[op](const at::Tensor& x) { return at::upsample_nearest2d(x, scaled(x, op.scale)); },
                "at::upsample_nearest2d"};
      }
      return {[op](const at::Tensor& x) { return at::upsample_nearest3d(x, scaled(x, op.scale)); },
              "at::upsample_nearest3d"};
    case ir::Interpolation::Linear:
      break;
  }
  if (plane) {
    return {[op](const at::Tensor& x) { return at::upsample_bilinear2d(x, scaled(x, op.scale), false); },
            "at::upsample_bilinear2d"};
  }
  return {[op](const at::Tensor& x) { return at::upsample_trilinear3d(x, scaled(x, op.scale), false); },
          "at::upsample_trilinear3d"};
}

ImageForm make_image_form(const ir::Pad& op) {
  return {[widths = pad_widths(op), value = op.value](const at::Tensor& x) {
            return at::constant_pad_nd(x, widths, value);
          },
          "at::constant_pad_nd"};
}

ImageForm make_image_form(const ir::FakeQuantize& op) {
  const ir::ActivationScale scale = ir::activation_scale(op.min, op.max, op.activation_max);
  return {[scale](const at::Tensor& x) {
            const at::Tensor y = at::fake_quantize_per_tensor_affine(x.to(at::kFloat), double{scale.scale},
                                                                     scale.zero_point, 0, scale.largest);
            return y.to(x.scalar_type());
          },
          "at::fake_quantize_per_tensor_affine"};
}

}  // namespace medbench::torch_backend
