// Lends weights to a session without copying them. The library keeps a weight until it has packed its own
// form of it, or as long as the session lives; the moment it lets go, the weight's pages are given back.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "backend/onnxruntime/ort_handles.hpp"
#include "lower/onnx.hpp"

namespace medbench::ort {

Element element_of(DType dtype);

class WeightLender {
 public:
  explicit WeightLender(const Api& api);
  WeightLender(const WeightLender&) = delete;
  WeightLender& operator=(const WeightLender&) = delete;
  ~WeightLender() = default;  // after the sessions that hold its weights

  // Makes the session options refer to these weights. Their bytes must not be written to.
  void lend(SessionOptions* options, std::vector<lower::OnnxInitializer> weights);

  [[nodiscard]] std::size_t lent_bytes() const;

 private:
  // The library's view of the lender: where the memory is, and how it is given back.
  struct Desk : Deleter {
    explicit Desk(const Api& api);
    void take_back(void* data);

    Handle<MemoryInfo> memory;
    std::mutex mutex;  // the library packs on several threads
    std::multimap<const void*, lower::OnnxInitializer> lent;
  };

  Handle<Value> make_value(lower::OnnxInitializer weight);

  Api api_;
  Desk desk_;
};

}  // namespace medbench::ort
