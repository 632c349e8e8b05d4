// Passes on CUDA: in the worker's own stream, timed by its events, and replayed as captured graphs where that
// is asked for or faster.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "backend/onnxruntime/runtime.hpp"
#include "backend/onnxruntime/session.hpp"
#include "base/json.hpp"

namespace medbench::ort {

class CudaPasses {
 public:
  CudaPasses(const Api& api, int ordinal, GraphMode mode);

  // What the provider must be told of the stream and of graphs.
  void add_options(std::map<std::string, std::string>& provider_options) const;
  [[nodiscard]] bool wants_graphs() const { return mode_ != GraphMode::Off; }
  void give_up_graphs() { mode_ = GraphMode::Off; }

  // How a pass with these addresses is run from now on. The first one decides between graph and single calls
  // where the mode leaves that open: it runs both. A graph holds its addresses, so each pass has its own.
  [[nodiscard]] Handle<RunOptions> options_for(BoundPass& pass);
  // Starts a pass between two events; does not block.
  void enqueue(BoundPass& pass, RunOptions* options);
  [[nodiscard]] CudaStream& stream() { return stream_; }
  [[nodiscard]] Json describe() const;
  // What the decision took; absent where none was made.
  [[nodiscard]] std::optional<double> tune_ms() const { return tune_ms_; }

 private:
  [[nodiscard]] Handle<RunOptions> run_options(std::int64_t graph) const;
  [[nodiscard]] Handle<RunOptions> decide(BoundPass& pass);
  double fastest_ms(BoundPass& pass, RunOptions* options);

  Api api_;
  CudaStream stream_;
  GraphMode mode_;
  bool decided_ = false;
  bool graph_ = false;
  std::int64_t next_graph_ = 1;
  Json tried_ = Json::object();
  std::optional<double> tune_ms_;
};

}  // namespace medbench::ort
