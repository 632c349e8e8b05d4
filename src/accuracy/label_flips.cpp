#include "accuracy/label_flips.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/file.hpp"
#include "stats/binomial.hpp"

namespace medbench {

namespace {

constexpr std::size_t kLongestName = 200;

Json to_json(const FlippedCase& flipped, std::span<const std::string> labels) {
  // The decisions of fp32 come from a file.
  const auto name = [&](std::uint32_t label) {
    return label < labels.size() ? printable(labels[label], kLongestName) : std::to_string(label);
  };
  Json json{{"row", flipped.row}};
  if (flipped.word) json["word"] = *flipped.word;
  json["label"] = name(flipped.label);
  json["fp32"] = name(flipped.fp32.label);
  json["decision"] = name(flipped.own.label);
  json["fp32_margin"] = flipped.fp32.margin;
  json["margin"] = flipped.own.margin;
  return json;
}

}  // namespace

void LabelFlips::add(const FlippedCase& decided) {
  ++cases_;
  if (decided.fp32.label == decided.own.label) return;
  ++flips_;
  if (kept_.size() < kMostKept) kept_.push_back(decided);
}

void LabelFlips::fill(Result& result, std::span<const std::string> labels, const std::string& path) const {
  if (cases_ == 0) throw internal_error("no decision was compared with one of fp32");
  const Interval interval = clopper_pearson(flips_, cases_);
  result.metrics.set("eval_flips", static_cast<double>(flips_));
  result.metrics.set("eval_flip_share", static_cast<double>(flips_) / static_cast<double>(cases_));
  result.metrics.set("eval_flip_share_high", interval.high);
  Json list = Json::array();
  for (std::size_t i = 0; i < std::min(kept_.size(), kMostListed); ++i)
    list.push_back(to_json(kept_[i], labels));
  Json& details = result.details[kEvaluationDetails]["flips"];
  details = {{"cases", cases_}, {"share_low", interval.low}, {"list", std::move(list)}};
  if (kept_.size() <= kMostListed || path.empty()) return;
  std::string lines;
  for (const FlippedCase& flipped : kept_) lines += dump_line(to_json(flipped, labels)) + "\n";
  details["file"] = write_new_file(path, lines).string();
}

}  // namespace medbench
