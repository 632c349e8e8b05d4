#include <filesystem>
#include <utility>

#include "backend/onnxruntime/session.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/scratch_folder.hpp"

namespace medbench::ort {

namespace {

std::vector<RanNode> read_profiles(const std::filesystem::path& folder) {
  std::vector<RanNode> nodes;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    for (RanNode& node : parse_profile(read_text_file(entry.path()))) nodes.push_back(std::move(node));
  }
  return nodes;
}

}  // namespace

std::vector<RanNode> ModelSession::end_profile() const {
  const Api& api = runtime_->api();
  if (!profile_folder_) throw internal_error("onnxruntime: this session is not profiled");
  Allocator* allocator = nullptr;
  api.call(slot::kGetDefaultAllocator, &allocator);
  char* file = nullptr;
  api.call(slot::kEndProfiling, session_.get(), allocator, &file);
  api.call(slot::kAllocatorFree, allocator, file);
  return read_profiles(profile_folder_->path());
}

std::vector<RanNode> profile_pass(const Runtime& runtime, BoundPass& pass) {
  const Api& api = runtime.api();
  if (!api.has(slot::kEnableRunProfiling)) return {};
  const ScratchFolder folder(kProfilePurpose);
  {
    const auto options = create<RunOptions>(api, slot::kCreateRunOptions);
    api.call(slot::kEnableRunProfiling, options.get(), (folder.path() / "pass").c_str());
    // A replayed graph calls no kernel that the profiler sees.
    api.call(slot::kAddRunConfigEntry, options.get(), "gpu_graph_id", "-1");
    pass.run(options.get());
    pass.synchronize();
  }
  return read_profiles(folder.path());
}

}  // namespace medbench::ort
