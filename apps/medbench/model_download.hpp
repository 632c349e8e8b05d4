// Downloads of models as the user sees them: a bar on a terminal, elsewhere a line for each large file.
#pragma once

#include <chrono>
#include <cstdio>
#include <optional>
#include <string>

#include "hub/hub.hpp"
#include "medbench/progress.hpp"
#include "models/registry.hpp"

namespace medbench {

// "model.safetensors [#####...............] 101.2 of 433.3 MB, 55.0 MB/s, 6 s left"
std::string download_line(const HubProgress& progress, double elapsed_s);

class ModelDownload {
 public:
  // Progress goes to `stream`.
  explicit ModelDownload(ProgressDisplay::Mode mode, std::FILE* stream = stderr);

  // As Hub::fetch(). Reads the environment at the first call, so that a variable that makes no sense is an
  // error of what needs it alone. Ends when a signal came; needs an InterruptGuard for that.
  HubModel fetch(const std::string& hub_id, const std::string& revision, bool update = false);

 private:
  void say(const std::string& text);
  void show(const HubProgress& progress);
  void clear();

  ProgressDisplay::Mode mode_;
  std::FILE* stream_;
  std::optional<Hub> hub_;
  std::string file_;  // that is being shown
  std::chrono::steady_clock::time_point began_;
  std::chrono::steady_clock::time_point drawn_at_;
  bool is_drawn_ = false;
};

}  // namespace medbench
