// Attention over texts without padding on CUDA: kernels that take the texts' places on the device.
#include <ATen/ATen.h>
#include <cmath>

#include "backend/torch/program.hpp"

namespace medbench::torch_backend {

namespace {

constexpr std::int64_t kDepthUnit = 8;  // features of a head, of which the kernels take multiples

// [tokens, heads * d] -> [tokens, heads, d], with zeros behind each head where the kernels want more.
at::Tensor split_heads(const at::Tensor& x, std::int64_t heads) {
  const std::int64_t depth = x.size(1) / heads;
  const at::Tensor apart = x.view({x.size(0), heads, depth});
  const std::int64_t missing = (kDepthUnit - depth % kDepthUnit) % kDepthUnit;
  return missing == 0 ? apart : at::constant_pad_nd(apart, {0, missing});
}

at::Tensor join_heads(const at::Tensor& y, std::int64_t depth) {
  return y.narrow(2, 0, depth).reshape({y.size(0), y.size(1) * depth});
}

double scale_of(const at::Tensor& query, std::int64_t heads) {
  const std::int64_t depth = query.size(1) / heads;
  return 1 / std::sqrt(static_cast<double>(depth));
}

struct Sizes {
  std::int64_t heads;
  std::int64_t longest;
};

at::Tensor by_flash(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                    const at::Tensor& offsets, const Sizes& sizes) {
  const auto [heads, longest] = sizes;
  const auto result = at::_flash_attention_forward(split_heads(query, heads), split_heads(key, heads),
                                                   split_heads(value, heads), offsets, offsets, longest,
                                                   longest, 0.0, false, false, scale_of(query, heads));
  return join_heads(std::get<0>(result), query.size(1) / heads);
}

at::Tensor by_blocks(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                     const at::Tensor& offsets, const Sizes& sizes) {
  const std::int64_t heads = sizes.heads;
  const auto one = [heads](const at::Tensor& x) { return split_heads(x, heads).unsqueeze(0); };
  const auto result =
      at::_efficient_attention_forward(one(query), one(key), one(value), {}, offsets, offsets, sizes.longest,
                                       sizes.longest, 0.0, 0, false, scale_of(query, heads));
  return join_heads(std::get<0>(result).squeeze(0), query.size(1) / heads);
}

}  // namespace

DevicePackedAttentionForm make_device_packed_attention(std::int64_t heads, at::ScalarType type) {
  const bool is_half = type == at::kHalf || type == at::kBFloat16;
  return {[heads, is_half, dense = make_attention(heads).call](
              const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
              const at::Tensor& offsets, const at::Tensor& longest) {
            const std::int64_t length = *longest.const_data_ptr<std::int64_t>();
            const std::int64_t texts = offsets.size(0) - 1;
            if (texts * length != query.size(0))
              return is_half ? by_flash(query, key, value, offsets, {heads, length})
                             : by_blocks(query, key, value, offsets, {heads, length});
            // All are of one length, for which there are more kernels.
            const auto apart = [&](const at::Tensor& x) { return x.view({texts, length, x.size(1)}); };
            return dense(apart(query), apart(key), apart(value), {}).view(query.sizes());
          },
          is_half ? "at::_flash_attention_forward" : "at::_efficient_attention_forward"};
}

}  // namespace medbench::torch_backend
