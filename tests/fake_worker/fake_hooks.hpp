// Lets the script act at every stage of the worker.
#pragma once

#include "tests/fake_worker/fake_backend.hpp"
#include "worker/worker_main.hpp"

namespace medbench {

class FakeHooks final : public WorkerHooks {
 public:
  explicit FakeHooks(FakeBackend& backend) : backend_(backend) {}

  [[nodiscard]] std::string nodes_folder(const Job& job) override;
  void describing(EventWriter& events) override;
  void entered(Stage stage, const Job& job, EventWriter& events) override;
  void sent(std::span<const Sample> samples) override;
  [[nodiscard]] Model load(const Job& job) override;
  void finishing(Result& result, EventWriter& events) override;

 private:
  FakeBackend& backend_;
  bool is_garbled_ = false;  // an action wrote among the events
};

// A graph of one operation under the usual names, with weights of zeros.
Model one_operation_model(const std::string& name);

}  // namespace medbench
