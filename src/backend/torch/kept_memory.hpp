// Memory of tensors on the CPU that is kept from one pass to the next. libtorch asks the system for each
// large tensor anew, which then has to fill its pages with zeros.
#pragma once

#include <c10/core/Allocator.h>

namespace medbench::torch_backend {

// As long as one of them lives, what was freed is kept.
class KeptMemory {
 public:
  KeptMemory();
  ~KeptMemory();
  KeptMemory(const KeptMemory&) = delete;
  KeptMemory& operator=(const KeptMemory&) = delete;

  // While it lives, tensors are made of kept memory, by whatever thread. `memory` may be null: they are made
  // as usual.
  class Use {
   public:
    explicit Use(const KeptMemory* memory);
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

   private:
    c10::Allocator* usual_ = nullptr;
  };
};

}  // namespace medbench::torch_backend
