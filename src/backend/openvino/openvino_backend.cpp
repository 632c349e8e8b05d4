#include "backend/openvino/openvino_backend.hpp"

#include <algorithm>
#include <cstdlib>
#include <dlfcn.h>
#include <fmt/ranges.h>
#include <openvino/runtime/compiled_model.hpp>
#include <openvino/runtime/core.hpp>
#include <openvino/runtime/infer_request.hpp>
#include <openvino/runtime/properties.hpp>
#include <utility>

#include "backend/int8.hpp"
#include "backend/openvino/devices.hpp"
#include "backend/openvino/errors.hpp"
#include "backend/openvino/execution_graph.hpp"
#include "backend/openvino/model.hpp"
#include "backend/openvino/tensors.hpp"
#include "passes/passes.hpp"

namespace medbench {

namespace {

using namespace openvino_backend;

std::string library_path() {
  Dl_info info{};
  const auto address = reinterpret_cast<void*>(&ov::get_openvino_version);
  return ::dladdr(address, &info) != 0 && info.dli_fname != nullptr ? info.dli_fname : "";
}

class OpenVinoBackend final : public Backend {
 public:
  Capabilities describe() override {
    Capabilities capabilities;
    capabilities.backend = "openvino";
    capabilities.runtime = runtime();
    try {
      capabilities.devices = describe_devices(core());
      if (capabilities.devices.empty())
        capabilities.reason = "OpenVINO sees no device that it has a plug-in for";
    } catch (const std::exception& error) {
      capabilities.reason = printable(plain_text(error.what()), 400);
    }
    if (!capabilities.reason.empty()) {
      capabilities.advice = "see that the plug-ins lie beside " + capabilities.runtime.library;
    }
    return capabilities;
  }

  Refusal supports(const Target& target) override {
    return translate_errors("looking for the device", [&]() -> Refusal {
      const Settings settings = read_settings(core(), target);
      const auto precisions = precisions_of(core(), settings.real_devices);
      if (std::find(precisions.begin(), precisions.end(), target.precision) != precisions.end()) return {};
      return fmt::format("OpenVINO on {} runs {} on this machine, not {}", settings.device,
                         fmt::join(precisions, ", "), printable(target.precision));
    });
  }

  [[nodiscard]] PackedForm packed_form(const Target& /*target*/) const override { return PackedForm::Padded; }

  void build(const ir::Graph& graph, ir::ParameterSource& weights, const Build& build) override {
    if (const Refusal refusal = supports(build.target)) throw unsupported_error("{}", *refusal);
    translate_errors("preparing the model", [&] {
      requests_.clear();
      execution_graph_.reset();
      settings_ = read_settings(core(), build.target);
      shapes_ = build.shapes;
      ir::Graph lowered = lower(graph, build);
      ReadModel model = read_model(core(), lowered, weights);
      if (!shapes_.is_fixed()) bound_shapes(model, lowered, shapes_);
      operations_ = operation_types(*model.model);
      compiled_ = core().compile_model(model.model, settings_.device,
                                       compile_properties(settings_, build.target, build.threads));
      inputs_ = input_ports(graph, model);
      outputs_ = output_ports(lowered, model);
      kept_ = std::move(model.kept);
    });
  }

  void bind(std::size_t slot, const Axes& axes) override {
    translate_errors("making room for inputs", [&] {
      if (requests_.size() <= slot) requests_.resize(slot + 1);
      requests_[slot] = compiled_.create_infer_request();
      for (const Port& input : inputs_)
        requests_[slot].set_tensor(input.port, make_tensor(input.dtype, ir::bind(input.shape, axes)));
    });
  }

  void write(std::size_t slot, const NamedTensors& inputs) override {
    translate_errors("writing inputs", [&] {
      for (const Port& input : inputs_) {
        const auto it = inputs.find(input.name);
        if (it == inputs.end()) throw internal_error("openvino: no input \"{}\" was given", input.name);
        write_tensor(it->second, requests_.at(slot).get_tensor(input.port));
      }
    });
  }

  void enqueue(std::size_t slot) override {
    translate_errors("the forward pass", [&] {
      ov::InferRequest& request = requests_.at(slot);
      settings_.call == Call::Infer ? request.infer() : request.start_async();
    });
  }

  void wait(std::size_t slot) override {
    if (settings_.call == Call::StartAsync)
      translate_errors("the forward pass", [&] { requests_.at(slot).wait(); });
  }

  void read(std::size_t slot, NamedTensors& outputs) override {
    translate_errors("reading outputs", [&] {
      for (const Port& output : outputs_)
        read_tensor(requests_.at(slot).get_tensor(output.port), output.name, outputs);
    });
  }

  void report(EngineReport& report) override {
    report.runtime = runtime();
    report.warnings = warnings();
    report.effective_precision = effective_precision();
    report.details = details();
  }

 private:
  std::string effective_precision() {
    std::string text;
    for (const auto& [type, count] : execution_graph().types) text += (text.empty() ? "" : "+") + type;
    if (!text.empty()) return text;
    // A device that does not show its graph: what it says it was told.
    return translate_errors("reading the precision", [&] {
      return precision_name(compiled_.get_property(ov::hint::inference_precision).get_type_name());
    });
  }

  static RuntimeInfo runtime() {
    const ov::Version version = ov::get_openvino_version();
    return {.name = "OpenVINO", .version = version.buildNumber, .library = library_path()};
  }

  Json details() {
    return translate_errors("reading the execution graph", [&] {
      Json details;
      details["device"] = settings_.device;
      details["execution_devices"] = compiled_.get_property(ov::execution_devices);
      details["hint"] = settings_.hint == ov::hint::PerformanceMode::LATENCY ? "latency" : "throughput";
      details["call"] = name_of(settings_.call);
      details["open_axes"] = open_axes();
      if (settings_.device == "CPU") {
        details["threads"] = compiled_.get_property(ov::inference_num_threads);
        details["streams"] = compiled_.get_property(ov::num_streams).num;
        details["inference_precision"] =
            precision_name(compiled_.get_property(ov::hint::inference_precision).get_type_name());
      }
      const ExecutionGraph& graph = execution_graph();
      details["layers"] = graph.layers;
      details["kernels"] = graph.kernels;
      details["fused"] = graph.fused;
      details["matrix_products"] = graph.types;
      if (!quantization_.is_null()) details["quantization"] = quantization_;
      return details;
    });
  }

  [[nodiscard]] std::vector<Warning> warnings() const {
    if (quantization_.is_null() || !int8_instructions().saturates || settings_.device != "CPU") return {};
    return {{.kind = "int8_without_vnni",
             .text = fmt::format(
                 "this processor multiplies integers by {}: OpenVINO gains nothing from int8 without VNNI",
                 int8_instructions().name),
             .advice = "use --precision fp32 with openvino here, or int8 with onnxruntime or torch"}};
  }

  // One of the compiled model's inputs or outputs, as the graph has it.
  struct Port {
    std::string name;
    DType dtype = DType::F32;
    ir::Shape shape;
    ov::Output<const ov::Node> port;
  };
  using Ports = std::vector<Port>;

  Ports input_ports(const ir::Graph& graph, const ReadModel& model) const {
    Ports ports;
    const auto ids = graph.inputs();
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (!has_input(*model.model, model.inputs.at(i))) continue;
      const ir::Value& value = graph.value(ids[i]);
      ports.push_back({value.name, value.dtype, value.shape, compiled_.input(model.inputs.at(i))});
    }
    return ports;
  }

  // Nothing but shapes and integers is decided here: bf16 and fp16 are OpenVINO's own conversion.
  ir::Graph lower(const ir::Graph& graph, const Build& build) {
    ir::Graph lowered = graph;
    quantization_ = {};
    if (build.target.precision == kInt8) {
      passes::QuantizationSettings settings = integers_for(build.target);
      settings.convolutions = true;
      settings.results = passes::RoundedResults::All;  // sums of integers are cheaper than those of numbers
      lowered = passes::quantize(std::move(lowered), settings, build.ranges);
      quantization_ = describe_quantization(lowered, build.target);
    }
    return shapes_.is_fixed() ? passes::bind_symbols(std::move(lowered), build.shapes.most)
                              : passes::bind_free_symbols(std::move(lowered), build.shapes.fixed());
  }

  [[nodiscard]] Json open_axes() const {
    Json symbols = Json::array();
    for (const AxisInfo& row : kAxes) {
      if (shapes_.is_open(row.axis)) symbols.push_back(row.symbol);
    }
    return symbols;
  }

  Ports output_ports(const ir::Graph& graph, const ReadModel& model) const {
    Ports ports;
    for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
      const ir::Value& value = graph.value(graph.outputs[i].value);
      ports.push_back(
          {graph.outputs[i].name, value.dtype, value.shape, compiled_.output(model.outputs.at(i))});
    }
    return ports;
  }

  // Loading the plug-ins can fail: not before somebody asks.
  ov::Core& core() {
    if (core_) return *core_;
#ifdef __SANITIZE_ADDRESS__
    ::setenv("TBB_ENABLE_SANITIZERS", "1", 1);  // or TBB loads its helper in a way that the sanitizer forbids
#endif
    core_ = std::make_unique<ov::Core>();
    return *core_;
  }

  const ExecutionGraph& execution_graph() {
    if (!execution_graph_) execution_graph_ = read_execution_graph(compiled_, operations_);
    return *execution_graph_;
  }

  std::unique_ptr<ov::Core> core_;
  Settings settings_;
  ShapeRange shapes_{Axes{}};
  Json quantization_;  // null where nothing is quantized
  OperationTypes operations_;
  Ports inputs_;
  Ports outputs_;
  ov::CompiledModel compiled_;
  std::vector<ir::ParameterData> kept_;  // as long as compiled_
  std::optional<ExecutionGraph> execution_graph_;
  std::vector<ov::InferRequest> requests_;  // by slot
};

}  // namespace

std::unique_ptr<Backend> make_openvino_backend() {
  return std::make_unique<OpenVinoBackend>();
}

}  // namespace medbench
