// Evaluation on labelled rows: its options, and the checks that can be made before a worker starts.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "accuracy/gates.hpp"
#include "job/workload.hpp"
#include "medbench/option_parser.hpp"
#include "models/model.hpp"

namespace medbench {

inline constexpr std::string_view kEvaluateOption = "--evaluate";

class EvaluationOptionsParser {
 public:
  // `file` and `gates` are filled by finish().
  EvaluationOptionsParser(OptionParser& parser, std::optional<std::string>& file, Gates& gates);
  // After parse(). Throws Usage: a gate without a file, unless these are but a part of the options, one that
  // is no share, a file that can be read only once.
  void finish(bool is_part) const;

 private:
  std::optional<std::string>& file_;
  Gates& gates_;
  std::optional<std::string> max_flips_;
  std::optional<std::string> min_f1_;
  std::optional<std::string> max_drop_;
};

// Reads the whole file and the tokenizer, so that what is wrong shows before a worker starts; gives back a
// line for the screen. `option` named the model. Throws Usage.
std::string check_evaluation_of(const std::string& file, const ModelRef& reference, const Model& model,
                                std::span<const Axes> shapes, std::string_view option);

// For workers, which need not share our working folder: the absolute path, and the hash of the content.
Evaluation settled_evaluation(const std::string& file);

}  // namespace medbench
