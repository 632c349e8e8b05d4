#include "medbench/model_download.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "medbench/output.hpp"
#include "models/family.hpp"
#include "runner/interrupt.hpp"

namespace medbench {
namespace {

constexpr double kMb = 1e6;
constexpr double kLargeBytes = 1e6;  // smaller ones are here before anybody has read their names
constexpr std::chrono::milliseconds kBetweenDrawings{100};

// A model of another kind may be very large.
void check_family(const std::filesystem::path& config) {
  static_cast<void>(family_of(read_config(config.string()), config.string()));
}

}  // namespace

std::string download_line(const HubProgress& progress, double elapsed_s) {
  const double done = static_cast<double>(progress.done);
  const double rate = elapsed_s > 0 ? done / elapsed_s : 0;
  std::string line = printable(progress.file);
  if (!progress.size) return line + fmt::format(" {:.1f} MB", done / kMb);
  const double size = static_cast<double>(*progress.size);
  line += fmt::format(" {} {:.1f} of {:.1f} MB", progress_bar(size > 0 ? done / size : 1), done / kMb,
                      size / kMb);
  if (rate > 0)
    line +=
        fmt::format(", {:.1f} MB/s, {} left", rate / kMb, duration_text(std::max(0.0, size - done) / rate));
  return line;
}

ModelDownload::ModelDownload(ProgressDisplay::Mode mode, std::FILE* stream) : mode_(mode), stream_(stream) {}

HubModel ModelDownload::fetch(const std::string& hub_id, const std::string& revision, bool update) {
  if (!hub_) {
    hub_.emplace(hub_settings(), Hub::Callbacks{.say = [this](const std::string& text) { say(text); },
                                                .progress = [this](const HubProgress& now) { show(now); },
                                                .is_cancelled = [] { return interrupted(); },
                                                .check_config = check_family});
  }
  file_.clear();
  const auto finish = [&] { clear(); };
  try {
    HubModel model = hub_->fetch(hub_id, revision, update);
    finish();
    return model;
  } catch (...) {
    finish();
    throw;
  }
}

void ModelDownload::say(const std::string& text) {
  clear();
  if (mode_ != ProgressDisplay::Mode::Silent) print_information(text);
}

void ModelDownload::show(const HubProgress& progress) {
  const auto now = std::chrono::steady_clock::now();
  const bool is_first = std::exchange(file_, progress.file) != progress.file;
  if (is_first) began_ = now;
  if (mode_ == ProgressDisplay::Mode::Lines && is_first &&
      static_cast<double>(progress.size.value_or(0)) > kLargeBytes) {
    say(fmt::format("downloading {} ({:.1f} MB)", printable(progress.file),
                    static_cast<double>(*progress.size) / kMb));
  }
  if (mode_ != ProgressDisplay::Mode::Terminal || (!is_first && now - drawn_at_ < kBetweenDrawings)) return;
  draw_over(stream_, download_line(progress, std::chrono::duration<double>(now - began_).count()));
  drawn_at_ = now;
  is_drawn_ = true;
}

void ModelDownload::clear() {
  if (std::exchange(is_drawn_, false)) draw_over(stream_, {});
}

}  // namespace medbench
