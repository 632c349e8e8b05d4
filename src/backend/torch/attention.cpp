#include <ATen/ATen.h>

#include "backend/torch/program.hpp"
#include "backend/torch/runner.hpp"

namespace medbench::torch_backend {

std::vector<AttentionKind> fused_attentions() {
  const auto allow = [](bool flash, bool cudnn) {
    at::globalContext().setSDPUseFlash(flash);
    at::globalContext().setSDPUseCuDNN(cudnn);
  };
  return {{"flash", [allow] { allow(true, false); }}, {"cudnn", [allow] { allow(false, true); }}};
}

AttentionForm make_attention(std::int64_t heads) {
  return {[heads](const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                  const at::Tensor& mask) {
            const auto split = [heads](const at::Tensor& x) {
              return x.view({x.size(0), x.size(1), heads, x.size(2) / heads}).transpose(1, 2);
            };
            // A mask that hides nothing may be left undefined by the upload, which also may have made it
            // boolean, or the 0 and -infinity that are added to the scores.
            std::optional<at::Tensor> visible;
            if (mask.defined()) {
              const at::Tensor ready = at::isIntegralType(mask.scalar_type(), false) ? mask.ne(0) : mask;
              visible = ready.view({query.size(0), 1, 1, query.size(1)});
            }
            const at::Tensor y =
                at::scaled_dot_product_attention(split(query), split(key), split(value), visible, 0.0, false);
            return y.transpose(1, 2).reshape(query.sizes());
          },
          "at::scaled_dot_product_attention"};
}

}  // namespace medbench::torch_backend
