// Which backends on which devices in which precisions a plan measures.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "campaign/planner.hpp"

namespace medbench {

struct PlannedTarget {
  Target target;
  std::vector<std::string> notes;
  std::optional<Failure> failure;
  std::string refusal;                       // as in PlannedRow
  std::optional<QuantizationMethod> method;  // of int8, where one was asked for
};

class TargetPlanner {
 public:
  // Keeps references to both.
  TargetPlanner(const PlanSettings& settings, const PlanSources& sources)
      : settings_(settings), sources_(sources) {}

  // Throws as make_plan does.
  std::vector<PlannedTarget> targets();
  // After targets().
  std::vector<std::string> notes() { return std::move(notes_); }

 private:
  Capabilities ask(const std::string& backend);
  [[nodiscard]] bool asks_only_for_what_all_have(const std::string& backend) const;
  void add_all_usable();
  void add_backend(const std::string& backend, const Capabilities& capabilities);
  void add_missing(const std::string& backend, const Capabilities& capabilities);
  std::vector<std::string> devices_of(const std::string& backend, const Capabilities& capabilities);
  std::string device_or_cpu(const std::string& asked, const Capabilities& capabilities);
  void add_precision(const std::string& backend, const std::string& device, const DeviceInfo* info,
                     const std::string& precision);
  void add_int8(const std::string& backend, const std::string& device,
                const std::optional<Failure>& failure = std::nullopt);
  void add(PlannedTarget planned);
  void note(const std::string& text);

  const PlanSettings& settings_;
  const PlanSources& sources_;
  std::vector<PlannedTarget> targets_;
  std::vector<std::string> notes_;
  // That the backend at hand runs on the CPU for want of CUDA, and the precisions that it has none of there;
  // else empty.
  std::string fallback_;
};

}  // namespace medbench
