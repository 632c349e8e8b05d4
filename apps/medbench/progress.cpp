#include "medbench/progress.hpp"

#include <algorithm>
#include <cmath>
#include <sys/ioctl.h>
#include <unistd.h>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "report/text_table.hpp"

namespace medbench {

namespace {

constexpr std::size_t kBarWidth = 20;
constexpr std::size_t kUsualWidth = 80;
constexpr std::string_view kClearLine = "\r\x1b[K";

std::string iterations(const ProgressState& state) {
  return state.planned > 0 ? fmt::format("{}/{}", state.done, state.planned) : std::to_string(state.done);
}

std::size_t terminal_width(std::FILE* stream) {
  struct winsize size {};
  const bool known = ::ioctl(::fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return known ? size.ws_col - 1U : kUsualWidth - 1;  // the last column makes some terminals wrap
}

void write(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
  std::fflush(stream);
}

// `text` is all ASCII after the label, so that cutting the label is the only place where a code point could
// be split.
std::string cut(const std::string& text, std::size_t width) {
  std::string kept;
  std::size_t columns = 0;
  for (const char c : text) {
    const bool begins = (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    if (begins && columns == width) break;
    if (begins) ++columns;
    kept += c;
  }
  return kept;
}

}  // namespace

std::string progress_bar(double fraction) {
  const auto filled = static_cast<std::size_t>(std::lround(std::clamp(fraction, 0.0, 1.0) * kBarWidth));
  return "[" + std::string(filled, '#') + std::string(kBarWidth - filled, '.') + "]";
}

void draw_over(std::FILE* stream, const std::string& line) {
  write(stream, std::string(kClearLine) + cut(line, terminal_width(stream)));
}

std::string progress_line(const ProgressState& state, std::size_t width) {
  std::vector<std::string> parts{state.label, std::string(to_string(state.stage))};
  if (state.fraction > 0 || state.done > 0) parts.push_back(progress_bar(state.fraction));
  if (state.done > 0) parts.push_back(iterations(state));
  if (state.latency_ms > 0) parts.push_back(format_number(state.latency_ms) + " ms");
  if (state.fraction > 0 && state.fraction < 1) {
    // The stage goes on as fast as it has so far.
    parts.push_back(duration_text(state.elapsed_s * (1 - state.fraction) / state.fraction) + " left");
  }
  std::string line = cut(parts.front(), width);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (display_width(line) + 1 + display_width(parts[i]) > width) break;
    line += " " + parts[i];
  }
  return line;
}

std::string duration_text(double seconds) {
  const auto whole = std::llround(seconds);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

std::string job_label(const Job& job) {
  const TextData* text = job.work.text();
  const bool is_plain = text == nullptr || text->padding == Padding::Fixed;
  return fmt::format("{} {} {} {} {}{}", printable(job.work.model.name), printable(job.target.backend),
                     printable(job.target.device), printable(precision_label(job.target)),
                     to_string(job.work.axes), is_plain ? "" : padding_suffix(job.work));
}

std::string outcome(const Result& result) {
  std::string text(to_string(result.status));
  if (result.failure) {
    return fmt::format("{} ({}): {}", text, to_string(result.failure->stage),
                       printable(result.failure->message));
  }
  if (const auto median = result.metrics.get("latency_ms.p50"))
    text += ", p50 " + format_number(*median) + " ms";
  if (const auto count = result.metrics.get("latency_ms.n")) text += fmt::format(", n {:.0f}", *count);
  return text;
}

ProgressDisplay::ProgressDisplay(Mode mode, std::FILE* stream, Clock& clock)
    : mode_(mode), stream_(stream), clock_(clock) {}

ProgressDisplay::~ProgressDisplay() {
  clear();
}

ProgressDisplay::Mode ProgressDisplay::mode_for(bool quiet, std::FILE* stream) {
  if (quiet) return Mode::Silent;
  return ::isatty(::fileno(stream)) == 1 ? Mode::Terminal : Mode::Lines;
}

void ProgressDisplay::clear() {
  if (drawn_) draw_over(stream_, {});
  drawn_ = false;
}

void ProgressDisplay::draw() {
  if (mode_ != Mode::Terminal) return;
  state_.elapsed_s = std::chrono::duration<double>(clock_.now() - stage_began_).count();
  draw_over(stream_, progress_line(state_, terminal_width(stream_)));
  drawn_ = true;
}

void ProgressDisplay::line(std::string_view text) {
  if (mode_ == Mode::Silent) return;
  clear();
  write(stream_, std::string(text) + "\n");
}

void ProgressDisplay::job_started(const Job& job, std::size_t index, std::size_t count) {
  auto& label = labels_[job.id];
  const bool is_new = label.empty();
  label = fmt::format("[{}/{}] {}", index + 1, count, job_label(job));
  if (mode_ == Mode::Lines) line(label + (is_new ? "" : ": another process"));
  show(job);
}

void ProgressDisplay::job_resumed(const Job& job) {
  show(job);
}

void ProgressDisplay::show(const Job& job) {
  state_ = {.label = labels_[job.id]};
  stage_began_ = clock_.now();
  draw();
}

void ProgressDisplay::event(const Event& event) {
  if (const auto* stage = std::get_if<StageEvent>(&event)) {
    state_ = {.label = state_.label, .stage = stage->stage};
    stage_began_ = clock_.now();
    draw();
  } else if (const auto* progress = std::get_if<ProgressEvent>(&event)) {
    state_.stage = progress->stage;
    state_.done = progress->done;
    state_.planned = progress->planned;
    state_.latency_ms = progress->latency_ms;
    state_.fraction = progress->fraction;
    draw();
  } else if (const auto* note = std::get_if<NoteEvent>(&event)) {
    line("medbench: " + printable(note->text));
  }
}

void ProgressDisplay::job_finished(const Result& result) {
  line(fmt::format("{}: {}", labels_[result.job.id], outcome(result)));
}

}  // namespace medbench
