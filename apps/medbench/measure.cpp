#include "medbench/measure.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/file.hpp"
#include "campaign/out_file.hpp"
#include "campaign/result_folder.hpp"
#include "medbench/dry_run.hpp"
#include "medbench/exit_code.hpp"
#include "medbench/kept_text.hpp"
#include "medbench/measure_options.hpp"
#include "medbench/output.hpp"
#include "medbench/page_file.hpp"
#include "medbench/planned_run.hpp"
#include "medbench/resuming.hpp"
#include "runner/interrupt.hpp"

namespace medbench {

namespace {

void ensure_folders(const MeasureOptions& options) {
  if (options.out) {
    static_cast<void>(OutFile(*options.out, 1));
  } else {
    ensure_writable_directory(options.run.output_dir);
  }
  if (options.report) check_page_file(page_in(options.run.output_dir));
  if (options.run.save_outputs) ensure_writable_directory(*options.run.save_outputs);
}

PreparedRun prepare(const Program& program, const MeasureOptions& asked, ModelDownload& download) {
  PreparedRun run{.options = asked, .plan = {}};
  const Checked checked = check_options(program, asked, download);
  // Before workers are asked, which may take long.
  if (!asked.dry_run) ensure_folders(run.options);
  run.plan = plan_rows(program, run.options, checked);
  run.classification = checked.classification;
  return run;
}

// Beside the results, or only for as long as this lasts.
void keep_text(MeasureOptions& asked, KeptText& kept) {
  if (asked.dry_run) return kept.keep(asked.work.data, std::filesystem::temp_directory_path());
  if (asked.resume) static_cast<void>(ResultFolder(*asked.resume).plans());  // not into any folder
  kept.keep(asked.work.data, asked.resume.value_or(asked.run.output_dir));
}

}  // namespace

int run_measurements(const Program& program, std::span<const std::string> given) {
  MeasureOptions asked = parse_measure_options(program, given);
  if (asked.dated_folder && !asked.resume)
    asked.run.output_dir = folder_of_today(asked.run.output_dir).string();
  KeptText kept;
  keep_text(asked, kept);
  const std::vector<std::string> arguments = kept.in_place(given);
  const InterruptGuard guard;
  PreparedRun run;
  ModelDownload download(ProgressDisplay::mode_for(asked.run.quiet, stderr));
  try {
    if (asked.resume) {
      run = prepare_resumed(program, asked, arguments, download);
      run.options.run.output_dir = *run.options.resume;
      if (!run.options.dry_run) ensure_folders(run.options);
    } else {
      run = prepare(program, asked, download);
    }
  } catch (const Error&) {
    if (!interrupted()) throw;  // a download that was cut short is no error
  }
  if (interrupted()) return kExitSignalBase + interrupt_signal();
  const RunOptions& options = run.options.run;
  if (!options.quiet) std::for_each(run.plan.notes.begin(), run.plan.notes.end(), print_information);
  if (run.options.dry_run) {
    if (run.classification && !options.quiet) print_information(classification_line(*run.classification));
    print_output(render_dry_run(run.plan, run.options));
    return kExitOk;
  }
  kept.release();
  return run_plan(program, run, arguments);
}

}  // namespace medbench
