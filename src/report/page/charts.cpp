#include "report/page/charts.hpp"

#include <array>

namespace medbench {

namespace {

constexpr Chart kLatency{
    "latency", "Latency",
    "Median of the timed passes (bar), its 95 % interval (line), and the median of every process "
    "(dots). Fastest first; shorter is better. <em>Medians</em>: from the least to the largest of the "
    "processes, or of the turns of a single one.",
    latency_table};
constexpr Chart kSamples{
    "samples", "Samples",
    "Left, how often a pass took how long; right, all passes in the order in which they ran, each "
    "row on its own scale: a slope is drift, steps are turns or processes, which dashed lines part.",
    sample_table};
constexpr Chart kMemory{
    "memory", "Memory",
    "The largest resident memory of the worker, and what the runtime reserved on the device.", memory_table};
constexpr Chart kStart{
    "start", "Start to first answer",
    "From the start of the process to the first answer, step by step; what no step has is the process itself "
    "and its libraries.",
    start_table};
constexpr Chart kPeak{
    "peak", "Share of the peak",
    "Of the arithmetic and of the memory bandwidth that the device reached in large products and "
    "copies right after the measurement.",
    peak_table};
constexpr Chart kEnergy{"energy", "Energy", "Over the measurement, pauses included, for each forward pass.",
                        energy_table};

}  // namespace

std::string render_charts(const PageModel& model) {
  return render_chart(model, kLatency) + render_accuracy_chart(model) + render_sweeps_chart(model) +
         render_chart(model, kMemory) + render_chart(model, kStart) + render_chart(model, kPeak) +
         render_chart(model, kEnergy) + render_chart(model, kSamples);
}

}  // namespace medbench
