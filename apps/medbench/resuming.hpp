// An earlier run that is taken up again: the options of the run that its folder holds, and what it left
// undone.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "job/result.hpp"
#include "machine/machine.hpp"
#include "medbench/planning.hpp"

namespace medbench {

struct PreparedRun {
  MeasureOptions options;
  Plan plan;
  std::optional<ClassificationTest> classification{};  // where it is asked for
};

// What a run of these options means to measure, and the arguments from which it can be prepared again.
Json plan_of(const Program& program, const MeasureOptions& options, const Plan& plan,
             std::span<const std::string> arguments);

// The newest run in the folder of `asked.resume` whose options and the arguments given now, which go before,
// make its own plan again. Works in the folder where that run was started. Throws Usage where none does, with
// the first difference to the newest.
PreparedRun prepare_resumed(const Program& program, const MeasureOptions& asked,
                            std::span<const std::string> arguments, ModelDownload& download);

// A whole measurement, with its accuracy where that is asked for.
bool is_finished(const Result& result, const MeasureOptions& options);

}  // namespace medbench
