// The guide's test of classification: the majority baseline of a labelled dataset, in a file for each model.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "accuracy/majority_baseline.hpp"
#include "base/json.hpp"

namespace medbench {

struct ClassificationTest {
  std::string dataset;  // absolute
  MajorityBaseline baseline;
};

// Of the dataset that was asked for, or else of medbench's own below `share`. Throws Usage for a dataset that
// is missing or makes no sense, Environment where medbench's own is not there.
ClassificationTest test_classification(const std::optional<std::string>& asked,
                                       const std::filesystem::path& share);

// The guide's keys. `timestamp` as base/utc.hpp writes it.
Json to_json(const ClassificationTest& test, const std::string& model, const std::string& timestamp);

// A new file <model>_classification_metrics_<UTC>.json in the folder. Throws Environment.
std::filesystem::path save_classification(const ClassificationTest& test, const std::string& model,
                                          const std::filesystem::path& folder);

bool is_classification_file(std::string_view name);

// One sentence for the screen.
std::string classification_line(const ClassificationTest& test);

}  // namespace medbench
