#include "medbench/row_command.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "medbench/image_options.hpp"
#include "medbench/measure_options.hpp"

namespace medbench {

namespace {

constexpr std::string_view kDeploymentFile = "deployment.json";

std::string shell_word(const std::string& text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=@%+,";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

class Words {
 public:
  void flag(std::string_view name) { text_.append(" ").append(name); }
  void add(std::string_view name, const std::string& value) {
    flag(name);
    text_.append(" ").append(shell_word(value));
  }
  void add(std::string_view name, std::int64_t value) { add(name, std::to_string(value)); }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_ = "medbench matrix";
};

void add_model(Words& words, const Result& result) {
  const Workload& work = result.job.work;
  words.add("--models", work.model.name);
  if (work.model.weights) {
    words.add("--weights", *work.model.weights);
  } else if (result.weights_source == "synthetic") {
    words.add("--weights", "synthetic");
  }
  if (work.model.commit) words.add("--revision", *work.model.commit);
  for (const auto& [key, value] : work.model.config.items()) {
    const std::string_view name = flag_of_setting(key);
    if (!name.starts_with("--")) continue;
    if (value.is_boolean()) {
      if (value.get<bool>()) words.flag(name);
    } else {
      words.add(name, name == "--conv-type" ? dump_line(value) + "d" : dump_line(value));
    }
  }
  for (const SizeOption& size : kMatrixSizes) {
    if (work.axes.has(size.axis)) words.add(size.name, work.axes[size.axis]);
  }
  words.add("--seed", std::to_string(work.seed));
  const TextData* text = work.text();
  if (text == nullptr) return;
  words.add("--text", text->file);
  if (!text->column.empty()) words.add("--text-column", text->column);
  words.add("--pad", std::string(to_string(text->padding)));
  words.add("--batch-order", std::string(to_string(text->order)));
  words.add("--text-batches", text->batches == kAllTextBatches ? "all" : std::to_string(text->batches));
}

void add_target(Words& words, const Target& target) {
  words.add("--backend", target.backend);
  words.add("--device", target.device);
  words.add("--precision", target.asked_precision.empty() ? target.precision : target.asked_precision);
  if (target.quantization) words.add("--deployment", std::string(kDeploymentFile));
  if (target.threads > 0) words.add("--threads", target.threads);
  for (const auto& [key, value] : target.options) words.add("--backend-option", key + "=" + value);
}

void add_protocol(Words& words, const Result& result) {
  const Protocol& protocol = result.job.protocol;
  if (protocol.region == TimedRegion::Host)
    words.add("--timed-region", std::string(to_string(protocol.region)));
  if (protocol.warmup_iterations) words.add("--warmup", *protocol.warmup_iterations);
  if (protocol.num_iterations) {
    words.add("--iters", *protocol.num_iterations);
  } else {
    words.add("--time-budget", fmt::format("{}", protocol.time_budget_s));
  }
  if (protocol.restarts > 1) words.add("--restarts", protocol.restarts);
  if (protocol.numa_node)
    words.add("--numa-node",
              *protocol.numa_node == kAllNumaNodes ? "all" : std::to_string(*protocol.numa_node));
  const bool judged = result.parity || result.metrics.get("acc_cosine") || !result.acc_error.empty();
  if (judged) words.flag("--acc-check");
  if (protocol.evaluation) words.add("--evaluate", protocol.evaluation->file);
}

// As deployment files spell it.
std::string deployment_line(const Quantization& quantization) {
  const Json own = to_json(quantization);
  Json json;
  for (const auto& [key, value] : own.items()) {
    const bool is_short = key == "method" || key == "bits";
    if (!value.is_string() || !value.get<std::string>().empty())
      json[is_short ? "quantization_" + key : key] = value;
  }
  return fmt::format("printf %s {} > {}\n", shell_word(dump_line(json)), kDeploymentFile);
}

}  // namespace

std::string row_command(const Result& result) {
  Words words;
  add_model(words, result);
  add_target(words, result.job.target);
  add_protocol(words, result);
  const auto& quantization = result.job.target.quantization;
  return (quantization ? deployment_line(*quantization) : std::string()) + words.text();
}

}  // namespace medbench
