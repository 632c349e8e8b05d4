#include "worker/imaging.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "job/device_id.hpp"

namespace medbench {

namespace {

// The guide's: atomic additions change the last bits of 16-bit passes on CUDA.
constexpr double kBound = 1e-4;
constexpr double kAmpBound = 5e-2;

// What the backend says of itself goes before what its options ask for.
bool is_so(const Result& result, const std::string& fact, const std::string& option_name) {
  const auto backend = result.details.find("backend");
  if (backend != result.details.end() && backend->is_object()) {
    const auto own = backend->find(fact);
    if (own != backend->end() && own->is_boolean()) return own->get<bool>();
  }
  const auto& options = result.job.target.options;
  const auto option = options.find(result.job.target.backend + "." + option_name);
  return option != options.end() && option->second == "on";
}

bool is_so(const Result& result, const std::string& fact) {
  return is_so(result, fact, fact);
}

}  // namespace

std::optional<ImagingFacts> imaging_facts(const Model& model, const Result& result) {
  const auto pixels = std::ranges::find(model.inputs, ir::Role::Pixels, &ir::InputSpec::role);
  if (pixels == model.inputs.end()) return std::nullopt;
  const bool is_cuda = is_one_of(result.device, "cuda");
  return ImagingFacts{.input_shape = ir::bind(pixels->shape, result.job.work.axes),
                      .channels_last = is_so(result, "channels_last"),
                      .amp = is_cuda && result.job.target.precision != kFp32 && is_so(result, "amp"),
                      .cudnn_benchmark = is_cuda && is_so(result, "cudnn_benchmark"),
                      .compiled = is_so(result, "compiled", "compile"),
                      .acc_check_enabled = result.job.protocol.parity.has_value(),
                      .has_nan = std::nullopt,
                      .has_inf = std::nullopt,
                      .repeatability_pass = std::nullopt};
}

void fill_repeatability(Result& result, const HostTensor& first, const HostTensor& second) {
  double most = 0;
  double sum = 0;
  const auto a = first.f32();
  const auto b = second.f32();
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const double difference = a[i] == b[i] ? 0 : std::abs(double{a[i]} - double{b[i]});
    sum += difference;
    most = std::isnan(difference) ? difference : std::max(most, difference);
    if (std::isnan(most)) break;
  }
  result.metrics.set("max_abs_diff", most);
  result.metrics.set("mean_abs_diff", sum / static_cast<double>(std::max<std::size_t>(1, a.size())));
  if (!result.imaging) return;
  const double bound = result.imaging->amp ? kAmpBound : kBound;
  result.imaging->repeatability_pass = a.size() == b.size() && most <= bound;
}

}  // namespace medbench
