#include "job/metrics.hpp"

#include <array>
#include <cmath>

#include "base/error.hpp"

namespace medbench {

namespace {

using enum Better;
constexpr bool kIsCount = true;

constexpr std::array kTable{
    MetricInfo{"avg_latency_ms", "ms", "mean of the timed iterations", Lower},
    MetricInfo{"tokens_per_second", "1/s",
               "tokens, padding included, of a mean pass over its time; where batches differ in size, each "
               "counts alike",
               Higher},
    MetricInfo{"useful_tokens_per_second", "1/s", "tokens without padding, likewise", Higher},
    MetricInfo{"texts_per_second", "1/s", "texts, likewise; of inputs that are texts", Higher},
    MetricInfo{"padding_ratio", "", "share of the tokens that are padding, of all batches", Lower},
    MetricInfo{"imgs_per_sec", "1/s", "images or volumes of all timed passes over their time", Higher},
    MetricInfo{"sequences_per_second", "1/s", "sequences of a mean pass over its time", Higher},
    MetricInfo{"latency_ms.min", "ms", "fastest iteration", Lower},
    MetricInfo{"latency_ms.p50", "ms", "median", Lower},
    MetricInfo{"latency_ms.p90", "ms", "90th percentile, shown from 64 samples", Lower},
    MetricInfo{"latency_ms.p95", "ms", "95th percentile, shown from 130 samples", Lower},
    MetricInfo{"latency_ms.p99", "ms", "99th percentile, shown from 662 samples", Lower},
    MetricInfo{"latency_ms.p999", "ms", "99.9th percentile, shown from 6636 samples", Lower},
    MetricInfo{"latency_ms.max", "ms", "slowest iteration", Lower},
    MetricInfo{"latency_ms.mean", "ms", "mean", Lower},
    MetricInfo{"latency_ms.stdev", "ms", "sample standard deviation", Lower},
    MetricInfo{"latency_ms.ci95_low", "ms",
               "lower end of the 95 % interval of the median, widened for correlated samples", Neither},
    MetricInfo{"latency_ms.ci95_high", "ms",
               "upper end of the 95 % interval of the median, widened for correlated samples", Neither},
    MetricInfo{"latency_ms.mad", "ms", "median absolute deviation", Lower},
    MetricInfo{"latency_ms.lag1", "", "correlation of an iteration with the next, from 8 samples", Neither},
    MetricInfo{"latency_ms.effective_n", "", "independent samples that these are worth for the median",
               Neither},
    MetricInfo{"latency_ms.n", "", "timed iterations", Neither, kIsCount},
    MetricInfo{"latency_ms.outliers", "", "samples with a modified z-score over 3.5, kept in all figures",
               Neither, kIsCount},
    MetricInfo{"processes.n", "", "processes that the row was measured in", Neither, kIsCount},
    MetricInfo{"processes.spread_between", "",
               "standard deviation of the logarithms of the processes' medians", Lower},
    MetricInfo{"processes.spread_within", "",
               "mean over the processes of 1.4826 median absolute deviations over the median", Lower},
    MetricInfo{"device_latency_ms.min", "ms", "fastest iteration by the device's own timer", Lower},
    MetricInfo{"device_latency_ms.p50", "ms", "median by the device's own timer", Lower},
    MetricInfo{"device_latency_ms.mean", "ms", "mean by the device's own timer", Lower},
    MetricInfo{"device_latency_ms.max", "ms", "slowest iteration by the device's own timer", Lower},
    MetricInfo{"gflops", "GFLOP/s",
               "floating-point operations of one pass of each batch over the sum of their median latencies",
               Higher},
    MetricInfo{"peak_gflops", "GFLOP/s",
               "fastest large matrix products of the same type on the device, right after the measurement",
               Neither},
    MetricInfo{"mfu", "", "gflops over peak_gflops", Higher},
    MetricInfo{
        "gbytes_per_second", "GB/s",
        "bytes that the matrix products and convolutions of one pass of each batch read and write, each "
        "operand and result once, over the sum of their median latencies",
        Higher},
    MetricInfo{"peak_gbytes_per_second", "GB/s",
               "bytes read and written in the fastest large copy within the card's memory, right after the "
               "measurement",
               Neither},
    MetricInfo{"mbu", "", "gbytes_per_second over peak_gbytes_per_second", Higher},
    MetricInfo{"gpu_energy_mj_per_iteration", "mJ",
               "energy of the card over the measurement, pauses included, over the iterations", Lower},
    MetricInfo{"gpu_power_w", "W", "mean power of the card over the measurement", Lower},
    MetricInfo{"cpu_energy_mj_per_iteration", "mJ",
               "energy of the processors over the measurement, over the iterations", Lower},
    MetricInfo{"acc_mse", "", "mean squared difference of the output from torch on the CPU in fp32", Lower},
    MetricInfo{"acc_cosine", "", "cosine similarity to that output", Higher},
    MetricInfo{"acc_top1_match", "", "share of the sequences whose first token's largest element agrees",
               Higher},
    MetricInfo{"acc_kl", "nat", "mean divergence of a token's softmax from that of the reference", Lower},
    MetricInfo{"acc_max_abs", "", "largest absolute difference from that output", Lower},
    MetricInfo{"eval_texts", "", "texts of the evaluated file", Neither, kIsCount},
    MetricInfo{"eval_words", "", "words that were judged, of a token classifier", Neither, kIsCount},
    MetricInfo{"eval_truncated", "", "texts of the evaluated file that were cut to the sequence length",
               Lower, kIsCount},
    MetricInfo{"eval_accuracy", "", "share of the evaluated texts, or words, that are classified right",
               Higher},
    MetricInfo{"eval_f1", "",
               "the F1 that gates look at: eval_entity_f1 where labels are tags, else eval_f1_macro", Higher},
    MetricInfo{"eval_f1_macro", "", "mean F1 of the classes that occur among the labels or the decisions",
               Higher},
    MetricInfo{"eval_f1_micro", "", "F1 of all classes together, which is the accuracy", Higher},
    MetricInfo{
        "eval_auroc", "",
        "area under the receiver operating characteristic: of the second of two classes, else the mean of "
        "each class against the rest",
        Higher},
    MetricInfo{"eval_calibration_error", "",
               "expected calibration error over 15 bins of the confidence, of equal width", Lower},
    MetricInfo{"eval_entity_f1", "",
               "F1 of entities by type, first and last word; tags read as conlleval does", Higher},
    MetricInfo{"eval_entity_f1_strict", "", "the same where tags that break the scheme make no entity",
               Higher},
    MetricInfo{"eval_entity_f1_overlap", "", "F1 of entities that share a word with one of the same type",
               Higher},
    MetricInfo{"eval_majority_accuracy", "", "accuracy of always saying the most frequent label of the file",
               Neither},
    MetricInfo{"eval_flips", "",
               "texts, or words, that are decided otherwise than by torch on the CPU in fp32", Lower,
               kIsCount},
    MetricInfo{"eval_flip_share", "", "share of these", Lower},
    MetricInfo{"eval_flip_share_high", "", "upper end of the two-sided 95 % interval of that share", Lower},
    MetricInfo{"eval_fp32_accuracy", "", "eval_accuracy of torch on the CPU in fp32", Neither},
    MetricInfo{"eval_fp32_f1", "", "eval_f1 of torch on the CPU in fp32", Neither},
    MetricInfo{"eval_passes_ms", "ms",
               "inputs written, forward passes and outputs read, of the whole evaluation", Lower},
    MetricInfo{"eval_ms", "ms",
               "the whole evaluation: eval_passes_ms, and reading, tokenizing and judging as far as they are "
               "not beside it",
               Lower},
    MetricInfo{"max_abs_diff", "", "largest absolute difference between two passes on the same input", Lower},
    MetricInfo{"mean_abs_diff", "", "mean absolute difference between two passes on the same input", Lower},
    MetricInfo{"cpu_cores_used", "", "processor time of the worker over the time of the timed part", Neither},
    MetricInfo{"other_load_share", "",
               "processor time of other processes over what the processors offered in the timed part", Lower},
    MetricInfo{"startup_ms", "ms", "start of the worker's process to its first forward pass", Lower},
    MetricInfo{"load_ms", "ms", "model and inputs read or generated", Lower},
    MetricInfo{"probe_ms", "ms", "runtime and device asked whether they can do the job", Lower},
    MetricInfo{"calibrate_ms", "ms",
               "static quantization alone: its inputs read, and the fp32 model built and run on them", Lower},
    MetricInfo{"compile_ms", "ms", "graph prepared and compiled, weights packed", Lower},
    MetricInfo{"upload_ms", "ms", "room for all sets of inputs made, and the inputs written to it", Lower},
    MetricInfo{"tune_ms", "ms",
               "trials of captured graphs and of forms of attention, and the captures, where there are any",
               Lower},
    MetricInfo{"first_run_ms", "ms", "the first forward pass after upload and tuning", Lower},
    MetricInfo{"warmup_iterations", "", "forward passes before the timed ones", Neither, kIsCount},
    MetricInfo{"num_iterations", "", "timed forward passes", Neither, kIsCount},
    MetricInfo{"memory_usage_mb.cpu_rss_start_mb", "MiB", "resident memory of the worker at its start",
               Lower},
    MetricInfo{"memory_usage_mb.cpu_rss_end_mb", "MiB", "resident memory of the worker after the measurement",
               Lower},
    MetricInfo{"memory_usage_mb.cpu_rss_delta_mb", "MiB", "resident memory: end less start", Lower},
    MetricInfo{"memory_usage_mb.cpu_rss_peak_mb", "MiB", "largest resident memory of the worker", Lower},
    MetricInfo{"memory_usage_mb.cpu_rss_run_peak_mb", "MiB",
               "largest resident memory from the first timed pass to the last", Lower},
    MetricInfo{"memory_usage_mb.cpu_rss_anonymous_mb", "MiB",
               "resident memory that is in no file, after the measurement", Lower},
    MetricInfo{"memory_usage_mb.cpu_rss_file_mb", "MiB",
               "resident pages of mapped files, libraries too, after the measurement", Lower},
    MetricInfo{"memory_usage_mb.cpu_vms_start_mb", "MiB", "address space of the worker at its start",
               Neither},
    MetricInfo{"memory_usage_mb.cpu_vms_end_mb", "MiB", "address space of the worker after the measurement",
               Neither},
    MetricInfo{"memory_usage_mb.cpu_vms_delta_mb", "MiB", "address space: end less start", Neither},
    MetricInfo{"memory_usage_mb.gpu_allocated_start_mb", "MiB", "device memory of tensors before preparing",
               Lower},
    MetricInfo{"memory_usage_mb.gpu_allocated_end_mb", "MiB",
               "device memory of tensors after the measurement", Lower},
    MetricInfo{"memory_usage_mb.gpu_allocated_delta_mb", "MiB", "device memory of tensors: end less start",
               Lower},
    MetricInfo{"memory_usage_mb.gpu_allocated_peak_mb", "MiB", "most device memory of tensors at a time",
               Lower},
    MetricInfo{"memory_usage_mb.gpu_reserved_start_mb", "MiB",
               "device memory that the runtime's allocator held before preparing", Lower},
    MetricInfo{"memory_usage_mb.gpu_reserved_end_mb", "MiB",
               "device memory that the runtime's allocator held after the measurement", Lower},
    MetricInfo{"memory_usage_mb.gpu_reserved_delta_mb", "MiB", "memory taken from the device: end less start",
               Lower},
    MetricInfo{"memory_usage_mb.gpu_reserved_peak_mb", "MiB",
               "most device memory that the runtime's allocator held", Lower},
    MetricInfo{"memory_usage_mb.gpu_cached_start_mb", "MiB", "reserved and not allocated, before preparing",
               Lower},
    MetricInfo{"memory_usage_mb.gpu_cached_end_mb", "MiB",
               "reserved and not allocated, after the measurement", Lower},
};

}  // namespace

std::span<const MetricInfo> metric_table() {
  return kTable;
}

const MetricInfo* find_metric(std::string_view key) {
  for (const auto& row : kTable) {
    if (row.key == key) return &row;
  }
  return nullptr;
}

void Metrics::set(std::string_view key, double value) {
  if (find_metric(key) == nullptr)
    throw internal_error("metric \"{}\" has no row in the table", printable(key));
  if (!std::isfinite(value)) {
    set_absent(key, "not a finite number");
    return;
  }
  values_.insert_or_assign(std::string(key), MetricValue{.value = value, .reason = {}});
}

void Metrics::set_absent(std::string_view key, std::string reason) {
  if (find_metric(key) == nullptr)
    throw internal_error("metric \"{}\" has no row in the table", printable(key));
  values_.insert_or_assign(std::string(key), MetricValue{.value = std::nullopt, .reason = std::move(reason)});
}

std::optional<double> Metrics::get(std::string_view key) const {
  const auto it = values_.find(key);
  return it == values_.end() ? std::nullopt : it->second.value;
}

Json to_json(const Metrics& metrics, std::string_view key) {
  const auto value = metrics.get(key);
  if (!value) return {};
  constexpr double kMostExact = 9007199254740992;  // 2^53: above it a double has gaps between whole numbers
  const MetricInfo* info = find_metric(key);
  const bool is_count = info != nullptr && info->is_count && std::abs(*value) <= kMostExact;
  return is_count && std::trunc(*value) == *value ? Json(static_cast<std::int64_t>(*value)) : Json(*value);
}

}  // namespace medbench
