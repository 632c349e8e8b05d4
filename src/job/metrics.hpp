// The one table of metrics. A metric is data: its key (dots nest in JSON), unit, meaning and which direction
// is better. Every reporter, the schema in the documentation and the comparison read it.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/json.hpp"

namespace medbench {

enum class Better { Lower, Higher, Neither };

struct MetricInfo {
  std::string_view key;
  std::string_view unit;
  std::string_view meaning;
  Better better;
  bool is_count = false;  // a whole number in JSON
};

std::span<const MetricInfo> metric_table();
// Null when the key is in no row.
const MetricInfo* find_metric(std::string_view key);

// Values by key. A key that is present without a value is reported as null, with its reason.
struct MetricValue {
  std::optional<double> value;
  std::string reason;  // why there is none
};

class Metrics {
 public:
  void set(std::string_view key,
           double value);  // throws Internal when the key is not in the table; not finite: null
  void set_absent(std::string_view key, std::string reason);
  [[nodiscard]] std::optional<double> get(std::string_view key) const;
  [[nodiscard]] const std::map<std::string, MetricValue, std::less<>>& all() const { return values_; }

 private:
  std::map<std::string, MetricValue, std::less<>> values_;
};

// The value of one key: a number, or null where there is none.
Json to_json(const Metrics& metrics, std::string_view key);

}  // namespace medbench
