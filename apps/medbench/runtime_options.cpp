#include "medbench/runtime_options.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "base/error.hpp"
#include "base/file.hpp"
#include "campaign/planner.hpp"
#include "job/optimization_profile.hpp"
#include "medbench/run_options.hpp"
#include "models/encoder.hpp"

namespace medbench {

namespace {

enum class Kind {
  Text,    // a name of a part of the runtime
  Path,    // made absolute where it is one: workers need not share our working folder
  Folder,  // made absolute, and no part of the runtime
  Pairs,   // key=value, may be repeated; the key goes behind that of the row
  Choice,  // one of the row's choices
  On,      // a flag that sets "1", or the first of the row's choices
  Off,     // a flag that sets "0", or the last of the row's choices
  Number,  // of an optimization profile
};

constexpr std::array<std::string_view, 2> kHints{"latency", "throughput"};
constexpr std::array<std::string_view, 2> kCalls{"infer", "start_async"};
constexpr std::array<std::string_view, 2> kOnOff{"on", "off"};
constexpr std::array<std::string_view, 2> kCompilers{"libtorch", "inductor"};
constexpr bool kForImages = true;

struct Row {
  std::string_view flag;
  std::array<std::string_view, 2> backends;  // the first is meant by a name; the second may be empty
  std::string_view key;
  Kind kind;
  std::string_view second_key = {};  // of the second backend, where it is another
  std::span<const std::string_view> choices = {};
  bool is_for_images = false;

  [[nodiscard]] bool is_name() const { return kind == Kind::Text || kind == Kind::Path; }
};

constexpr std::array kRows{
    Row{"--own-kernels",
        {"torch", "onnxruntime"},
        "torch.own_kernels",
        Kind::Choice,
        "ort.own_kernels",
        kOnOff},
    Row{"--channels-last", {"torch", ""}, "torch.channels_last", Kind::On, {}, kOnOff, kForImages},
    Row{"--cudnn-benchmark", {"torch", ""}, "torch.cudnn_benchmark", Kind::On, {}, kOnOff, kForImages},
    Row{"--compile", {"torch", ""}, "torch.compile", Kind::On, {}, kOnOff, kForImages},
    Row{"--compiler", {"torch", ""}, "torch.compiler", Kind::Choice, {}, kCompilers, kForImages},
    Row{"--no-amp", {"torch", ""}, kAmpKey, Kind::Off, {}, kOnOff, kForImages},
    Row{"--ort-library", {"onnxruntime", "tensorrt"}, "ort.library", Kind::Path},
    Row{"--ort-ep-library", {"tensorrt", "onnxruntime"}, "ort.ep_library", Kind::Path},
    Row{"--ort-ep", {"onnxruntime", ""}, "ort.ep", Kind::Text},
    Row{"--ort-ep-option", {"onnxruntime", ""}, "ort.ep_option.", Kind::Pairs},
    Row{"--ov-device", {"openvino", ""}, "ov.device", Kind::Text},
    Row{"--ov-hint", {"openvino", ""}, "ov.hint", Kind::Choice, {}, kHints},
    Row{"--ov-call", {"openvino", ""}, "ov.call", Kind::Choice, {}, kCalls},
    Row{"--pjrt-plugin", {"pjrt", "tpu"}, "pjrt.plugin", Kind::Path},
    Row{"--trt-library", {"tensorrt", ""}, "trt.library", Kind::Path},
    Row{"--trt-cache-dir", {"tensorrt", ""}, "trt.cache_dir", Kind::Folder},
    Row{"--no-trt-cache", {"tensorrt", ""}, "trt.cache", Kind::Off},
    Row{"--trt-bf16", {"tensorrt", ""}, "trt.bf16", Kind::On},
    Row{"--trt-fp8", {"tensorrt", ""}, "trt.fp8", Kind::On},
    Row{"--trt-min-batch", {"tensorrt", ""}, "trt.min_batch", Kind::Number},
    Row{"--trt-opt-batch", {"tensorrt", ""}, "trt.opt_batch", Kind::Number},
    Row{"--trt-max-batch", {"tensorrt", ""}, "trt.max_batch", Kind::Number},
    Row{"--trt-min-seq", {"tensorrt", ""}, "trt.min_seq", Kind::Number},
    Row{"--trt-opt-seq", {"tensorrt", ""}, "trt.opt_seq", Kind::Number},
    Row{"--trt-max-seq", {"tensorrt", ""}, "trt.max_seq", Kind::Number},
};

constexpr IntegerRange kProfile{1, 1'048'576};
constexpr std::array<std::int64_t, 1> kUsualLength{kEncoderAxes[Axis::Seq]};
constexpr std::span<const std::int64_t> kUsualLengths(kUsualLength);

struct Variable {
  std::string_view key;
  const char* name;
};
constexpr std::array kVariables{
    Variable{"ort.library", "MEDBENCH_ORT_LIBRARY"}, Variable{"ort.ep_library", "MEDBENCH_ORT_EP_LIBRARY"},
    Variable{"pjrt.plugin", "MEDBENCH_PJRT_PLUGIN"}, Variable{"trt.library", "MEDBENCH_TRT_LIBRARY"}};

bool is_set(std::string_view key) {
  return std::any_of(kVariables.begin(), kVariables.end(), [&](const Variable& variable) {
    const char* text = variable.key == key ? std::getenv(variable.name) : nullptr;
    return text != nullptr && *text != '\0';
  });
}

using Pairs = std::map<std::string, std::string>;

void check_profile(const std::map<std::string, Pairs>& options_of, const RuntimeOptionsParser::Asked& asked) {
  const auto own = options_of.find(std::string(kTensorRtBackend));
  if (own == options_of.end()) return;
  const OptimizationProfile profile = asked_profile(own->second);
  for (const Axis axis : kProfileAxes) check_order(profile, axis);
  for (const std::int64_t size : asked.batch_sizes) check_measured(profile, Axis::Batch, size);
  for (const std::int64_t size : asked.seq_lengths.empty() ? kUsualLengths : asked.seq_lengths)
    check_measured(profile, Axis::Seq, size);
}

// An option that does nothing is a mistake.
void check_use(const Row& row, const RuntimeOptionsParser::Asked& asked) {
  const bool is_used = std::any_of(asked.backends.begin(), asked.backends.end(), [&](const auto& backend) {
    return backend == kAutoBackend ||
           std::find(row.backends.begin(), row.backends.end(), backend) != row.backends.end();
  });
  if (!is_used) {
    throw usage_error(
        "{}: it is an option of {}, which is not among the backends; add it to --backend or leave the option "
        "out",
        row.flag, row.backends.front());
  }
}

// So is one that says otherwise than --backend-option.
void check_given_once(const Row& row, const Pairs& found, const RuntimeOptionsParser::Asked& asked) {
  for (const auto& [key, value] : found) {
    if (asked.backend_options.contains(key))
      throw usage_error("{} and --backend-option {}: give one of them", row.flag, printable(key));
  }
}

// What a flag sets.
std::string word_of(const Row& row) {
  const bool is_on = row.kind == Kind::On;
  if (row.choices.empty()) return is_on ? "1" : "0";
  return std::string(is_on ? row.choices.front() : row.choices.back());
}

std::string path_or_name(const std::string& text) {
  // A bare name that is no file is looked up by the dynamic loader.
  std::error_code ignored;
  const bool is_path = text.find('/') != std::string::npos || std::filesystem::exists(text, ignored);
  return is_path ? absolute_path(text) : text;
}

std::string text_of(const Row& row, const std::string& text) {
  if (row.kind == Kind::Folder) {
    std::error_code ignored;
    const auto type = std::filesystem::status(text, ignored).type();
    if (type != std::filesystem::file_type::directory && type != std::filesystem::file_type::not_found)
      throw usage_error("{} {}: a folder is needed, and this is none", row.flag, printable(text));
    return absolute_path(text);
  }
  return row.kind == Kind::Path ? path_or_name(text) : text;
}

}  // namespace

RuntimeOptionsParser::RuntimeOptionsParser(OptionParser& parser, bool images) {
  for (const auto& row : kRows) {
    Value& value = *values_.emplace_back(std::make_unique<Value>());
    if (row.is_for_images && !images) continue;
    switch (row.kind) {
      case Kind::Text:
        parser.text(row.flag, value.text);
        break;
      case Kind::Path:
      case Kind::Folder:
        parser.path(row.flag, value.text);
        break;
      case Kind::Pairs:
        parser.texts(row.flag, value.pairs);
        break;
      case Kind::Choice:
        value.text.emplace();
        parser.choice(row.flag, row.choices, *value.text);
        break;
      case Kind::On:
      case Kind::Off:
        parser.flag(row.flag, value.flag);
        break;
      case Kind::Number:
        parser.integer(row.flag, kProfile, value.number);
        break;
    }
  }
}

std::map<std::string, std::map<std::string, std::string>> RuntimeOptionsParser::finish(
    const Asked& asked) const {
  std::map<std::string, std::map<std::string, std::string>> options_of;
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    const Row& row = kRows[i];
    const Value& value = *values_[i];
    Pairs found;
    const std::string key(row.key);
    if (value.text && !value.text->empty()) found[key] = text_of(row, *value.text);
    if (value.number) found[key] = std::to_string(*value.number);
    if (value.flag) found[key] = word_of(row);
    for (const auto& pair : value.pairs) {
      const auto [name, text] = split_option(row.flag, pair);
      if (!found.emplace(key + name, text).second)
        throw usage_error("{} {}: the key is given twice", row.flag, printable(name));
    }
    if (found.empty()) continue;
    check_use(row, asked);
    for (const auto backend : row.backends) {
      if (backend.empty()) continue;
      const bool is_renamed = backend == row.backends.back() && !row.second_key.empty();
      const auto own = is_renamed ? Pairs{{std::string(row.second_key), found.begin()->second}} : found;
      check_given_once(row, own, asked);
      options_of[std::string(backend)].insert(own.begin(), own.end());
    }
  }
  check_profile(options_of, asked);
  return options_of;
}

bool names_runtime(std::string_view backend, const std::map<std::string, std::string>& options) {
  return std::any_of(kRows.begin(), kRows.end(), [&](const Row& row) {
    return row.backends.front() == backend && row.is_name() &&
           (options.contains(std::string(row.key)) || is_set(row.key));
  });
}

void export_library_variables(const std::map<std::string, std::map<std::string, std::string>>& options_of) {
  for (const auto& [backend, options] : options_of) {
    for (const auto& variable : kVariables) {
      const auto option = options.find(std::string(variable.key));
      if (option != options.end()) ::setenv(variable.name, option->second.c_str(), 1);
    }
  }
}

}  // namespace medbench
