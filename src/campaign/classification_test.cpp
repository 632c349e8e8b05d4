#include "campaign/classification_test.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/utc.hpp"
#include "runner/result_store.hpp"

namespace medbench {

namespace {

constexpr const char* kOwnDataset = "datasets/clinical_classification.csv";
constexpr std::string_view kMetrics = "_classification_metrics_";
constexpr const char* kBaseline = "majority_class";

}  // namespace

ClassificationTest test_classification(const std::optional<std::string>& asked,
                                       const std::filesystem::path& share) {
  const std::string dataset = absolute_path(asked.value_or((share / kOwnDataset).string()));
  if (!asked && !may_exist(dataset))
    throw environment_error("{}: medbench's own labelled dataset is not there; give one with --dataset-csv",
                            printable(dataset));
  return {.dataset = dataset, .baseline = majority_baseline(dataset)};
}

Json to_json(const ClassificationTest& test, const std::string& model, const std::string& timestamp) {
  const MajorityBaseline& baseline = test.baseline;
  return {{"model_type", model},
          {"dataset_csv", test.dataset},
          {"baseline", kBaseline},
          {"majority_label", baseline.label},
          {"num_train", baseline.num_train},
          {"num_test", baseline.num_test},
          {"metrics",
           {{"accuracy", baseline.metrics.accuracy},
            {"precision", baseline.metrics.precision},
            {"recall", baseline.metrics.recall},
            {"f1", baseline.metrics.f1}}},
          {"timestamp", timestamp}};
}

std::filesystem::path save_classification(const ClassificationTest& test, const std::string& model,
                                          const std::filesystem::path& folder) {
  const std::string name = fmt::format("{}{}{}.json", file_name_part(model), kMetrics, file_stamp());
  return write_new_file(folder / name, dump_pretty(to_json(test, model, utc_now())) + "\n");
}

bool is_classification_file(std::string_view name) {
  // Names of results go on behind it where a model is called so.
  const std::size_t place = name.rfind(kMetrics);
  return place != std::string_view::npos && name.find('_', place + kMetrics.size()) == std::string_view::npos;
}

std::string classification_line(const ClassificationTest& test) {
  const MajorityBaseline& baseline = test.baseline;
  const ClassificationMetrics& metrics = baseline.metrics;
  return fmt::format(
      "{}: {} labels, {} rows train, {} test; always \"{}\" has accuracy {:.4f}, macro precision {:.4f}, "
      "recall {:.4f}, F1 {:.4f}",
      printable(test.dataset), baseline.num_labels, baseline.num_train, baseline.num_test,
      printable(baseline.label, 60), metrics.accuracy, metrics.precision, metrics.recall, metrics.f1);
}

}  // namespace medbench
