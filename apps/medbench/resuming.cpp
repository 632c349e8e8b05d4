#include "medbench/resuming.hpp"

#include <filesystem>
#include <optional>
#include <system_error>

#include "base/error.hpp"
#include "base/file.hpp"
#include "campaign/plan_record.hpp"
#include "campaign/result_folder.hpp"
#include "runner/interrupt.hpp"

namespace medbench {

namespace {

constexpr const char* kCommand = "command";
constexpr const char* kArguments = "arguments";
constexpr const char* kFolder = "folder";

std::vector<std::string> arguments_of(const Json& record) {
  std::vector<std::string> arguments;
  const Json list = record.is_object() ? record.value(kArguments, Json()) : Json();
  for (const Json& word : list) {
    if (!word.is_string()) return {};
    arguments.push_back(word.get<std::string>());
  }
  return arguments;
}

bool is_of(const Json& record, std::string_view command) {
  const Json value = record.is_object() ? record.value(kCommand, Json(command)) : Json(command);
  return value.is_string() && value.get<std::string>() == command;
}

// Options that need others are checked here, where all are known.
MeasureOptions options_beside(const Program& program, const std::string& folder,
                              std::span<const std::string> earlier, std::span<const std::string> arguments) {
  try {
    return parse_measure_options(program, earlier, arguments);
  } catch (const Error& error) {
    if (earlier.empty() || error.kind() != ErrorKind::Usage) throw;
    throw usage_error("--resume {}: beside the options of that run: {}; give the options of that run or none",
                      printable(folder), error.what());
  }
}

// Relative paths among the arguments are meant from there.
void enter_folder_of(const Json& record, std::vector<std::string>& notes) {
  const Json folder = record.is_object() ? record.value(kFolder, Json()) : Json();
  std::error_code ignored;
  if (!folder.is_string() || !std::filesystem::is_directory(folder.get<std::string>(), ignored)) return;
  const std::filesystem::path path = folder.get<std::string>();
  if (std::filesystem::equivalent(path, std::filesystem::current_path(), ignored)) return;
  std::filesystem::current_path(path, ignored);
  notes.push_back(fmt::format("relative paths are meant from {}, where that run was started", path.string()));
}

}  // namespace

Json plan_of(const Program& program, const MeasureOptions& options, const Plan& plan,
             std::span<const std::string> arguments) {
  std::vector<Job> jobs;
  for (const auto& row : plan.rows) jobs.push_back(row.job);
  Json conditions{{"medbench_version", MEDBENCH_VERSION},
                  {"processor", read_machine_profile().cpu_model},
                  {"acc_check", options.acc_check}};
  if (options.gates.is_any()) conditions["gates"] = to_json(options.gates);
  Json record = plan_record(jobs, conditions);
  record[kCommand] = program.command;
  record[kFolder] = std::filesystem::current_path().string();
  record[kArguments] = Json::array();
  for (const auto& argument : arguments) record[kArguments].push_back(argument);
  return record;
}

PreparedRun prepare_resumed(const Program& program, const MeasureOptions& asked,
                            std::span<const std::string> arguments, ModelDownload& download) {
  const std::string folder = absolute_path(*asked.resume);
  std::vector<Json> records = ResultFolder(folder).plans();
  const auto all = records.size();
  std::erase_if(records, [&](const Json& record) { return !is_of(record, program.command); });
  if (records.empty() && all > 0) {
    throw usage_error("--resume {}: its runs are of another command than medbench {}; resume it with that",
                      printable(folder), program.command);
  }
  const auto start = std::filesystem::current_path();
  std::optional<Error> problem;  // of the newest
  for (const Json& record : records) {
    std::vector<std::string> notes;
    std::filesystem::current_path(start);
    try {
      const auto earlier = arguments_of(record);
      if (!earlier.empty()) enter_folder_of(record, notes);
      PreparedRun run{.options = options_beside(program, folder, earlier, arguments), .plan = {}};
      run.options.resume = folder;
      const Checked checked = check_options(program, run.options, download);
      run.plan = plan_rows(program, run.options, checked);
      run.classification = checked.classification;
      if (interrupted()) return run;
      const auto difference = find_plan_difference(record, plan_of(program, run.options, run.plan, earlier));
      if (!difference) {
        run.plan.notes.insert(run.plan.notes.begin(), notes.begin(), notes.end());
        return run;
      }
      throw usage_error(
          "--resume {}: it holds another plan: {}; give the options of that run or none, or leave "
          "--resume out",
          printable(folder), *difference);
    } catch (const Error& error) {
      if (!problem) problem = error;
    }
  }
  throw Error(*problem);
}

bool is_finished(const Result& result, const MeasureOptions& options) {
  return result.status == Status::Ok && result.stop_rule != kStoppedEarly &&
         (!options.acc_check || result.metrics.get("acc_cosine").has_value()) &&
         (!options.work.evaluate || result.metrics.get("eval_accuracy").has_value());
}

}  // namespace medbench
