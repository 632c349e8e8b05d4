// The evaluation of labelled rows on the engine that was timed.
#pragma once

#include "job/result.hpp"
#include "worker/job_run.hpp"
#include "worker/load.hpp"

namespace medbench {

// Runs the file of the job's evaluation through slot 0, which is bound anew where its batch has another shape
// than those of the evaluation, and for each of them where texts have no padding; fills in metrics eval_* and
// details. Sends progress. Throws Usage, Environment and what the backend throws.
void evaluate(Result& result, const Loaded& loaded, const JobTools& tools);

}  // namespace medbench
