#include "medbench/evaluation_options.hpp"

#include <algorithm>
#include <filesystem>

#include "base/error.hpp"
#include "base/file.hpp"
#include "data/evaluation_batches.hpp"
#include "data/text_file.hpp"
#include "models/family.hpp"

namespace medbench {

namespace {

constexpr const char* kMaxFlips = "--max-flips";
constexpr const char* kMinF1 = "--min-f1";
constexpr const char* kMaxDrop = "--max-drop";

std::optional<double> share_of(std::string_view option, const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  return parse_share(option, *text);
}

// The names of the classes would be those of others.
void check_head(const std::filesystem::path& folder, const Model& model) {
  const std::string path = (folder / "config.json").string();
  const Json config = read_config(path);
  const auto names = config.find("id2label");
  if (names == config.end() || !names->is_object() || names->size() == model.output.labels.size()) return;
  throw usage_error(
      "{}: \"id2label\" names {} classes and the weights of the head have {}: labels cannot be told by it; "
      "correct it",
      path, names->size(), model.output.labels.size());
}

}  // namespace

EvaluationOptionsParser::EvaluationOptionsParser(OptionParser& parser, std::optional<std::string>& file,
                                                 Gates& gates)
    : file_(file), gates_(gates) {
  parser.path(kEvaluateOption, file);
  parser.text(kMaxFlips, max_flips_);
  parser.text(kMinF1, min_f1_);
  parser.text(kMaxDrop, max_drop_);
}

void EvaluationOptionsParser::finish(bool is_part) const {
  gates_ = {.max_flips = share_of(kMaxFlips, max_flips_),
            .min_f1 = share_of(kMinF1, min_f1_),
            .max_drop = share_of(kMaxDrop, max_drop_)};
  for (const auto& [option, text] :
       {std::pair(kMaxFlips, &max_flips_), std::pair(kMinF1, &min_f1_), std::pair(kMaxDrop, &max_drop_)}) {
    if (*text && !file_ && !is_part)
      throw usage_error("{} needs {}: it judges an evaluation", option, kEvaluateOption);
  }
  if (file_ && is_stream(*file_)) {
    throw usage_error("{} {}: give a file, which every row reads again", kEvaluateOption, printable(*file_));
  }
}

std::string check_evaluation_of(const std::string& file, const ModelRef& reference, const Model& model,
                                std::span<const Axes> shapes, std::string_view option) {
  const std::string subject = fmt::format("{}: {}", kEvaluateOption, printable(reference.name));
  EvaluationKind kind = EvaluationKind::Texts;
  try {
    check_text_inputs(model.inputs, shapes.front());
    kind = evaluation_kind(model.output);
  } catch (const Error& error) {
    throw error.about(subject);
  }
  if (!reference.folder) {
    throw usage_error("{} runs with synthetic weights here, which have learned nothing; give {} a checkpoint",
                      subject, option);
  }
  const std::filesystem::path folder = *reference.folder;
  check_head(folder, model);
  for (const Axes& shape : shapes) load_tokenizer_of(check_text_inputs(model.inputs, shape), folder);
  EvaluationSummary summary;
  try {
    summary = check_evaluation(file, model.output);
  } catch (const Error& error) {
    throw usage_error("{} {}", kEvaluateOption, error.what());
  }
  const std::string words = kind == EvaluationKind::Words ? fmt::format(" of {} words", summary.words) : "";
  return fmt::format("{}: {} text{}{} to evaluate, {} labels", printable(file), summary.rows,
                     summary.rows == 1 ? "" : "s", words, model.output.labels.size());
}

Evaluation settled_evaluation(const std::string& file) {
  Evaluation evaluation;
  evaluation.file = absolute_path(file);
  evaluation.hash = text_file_hash(file);
  return evaluation;
}

}  // namespace medbench
