// How a job of precision "int8" rounds its linear layers. Every backend applies this with its own runtime's
// best form; what was applied is recorded in the result's details.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/json.hpp"

namespace medbench {

enum class QuantizationMethod {
  Dynamic,     // weights to integers; the range of the activations is taken in every forward pass
  WeightOnly,  // weights alone
  Static,      // weights to integers; the range of the activations comes from calibration before the run
};
std::string_view to_string(QuantizationMethod method);
// As people write it, with dashes: "weight-only".
std::string_view option_word(QuantizationMethod method);
// In either spelling.
std::optional<QuantizationMethod> find_quantization_method(std::string_view word);
// Each once, in the order of the rows that measure all.
std::span<const QuantizationMethod> quantization_methods();

// Whether integers use half their range, so that sums of two products fit into 16 bits.
enum class ReducedRange {
  Auto,  // where the processor's 8-bit instructions saturate: x86 without VNNI
  On,
  Off,
};
std::string_view to_string(ReducedRange range);

inline constexpr std::int64_t kMostCalibrationBatches = 1024;
// group_size: as large as suits method and processor. Dynamic: 64 where the processor's 8-bit instructions
// saturate, else none; WeightOnly: 128; Static: none.
inline constexpr std::int64_t kAutoGroup = -1;

struct Quantization {
  QuantizationMethod method = QuantizationMethod::Dynamic;
  std::int64_t bits = 8;  // of the weights: 8 or 4; activations have 8
  ReducedRange reduced_range = ReducedRange::Auto;
  // Features that have a scale of their own in each row of a weight and, with Dynamic, in each row of the
  // activations: 32, 64, 128 or 256; 0: a scale for each row of a weight and for a whole tensor of
  // activations.
  std::int64_t group_size = kAutoGroup;
  // A small resident set goes before speed: a runtime's own pool of memory is off where it has one, and no
  // form of a weight is kept beside the one that runs.
  bool memory_efficient = false;
  // Static only. Without a file: the job's own text, or seeded random inputs.
  std::int64_t calibration_batches = 8;
  std::string calibration_file;
  std::string calibration_column;  // empty: one text a line

  bool operator==(const Quantization&) const = default;
};

Json to_json(const Quantization& quantization);
// What is absent has its default. `origin` starts the error message. Throws Usage and names the key.
Quantization quantization_from_json(const Json& json, std::string_view origin);

// The same checks and names for whoever spells the keys differently (a deployment configuration).
QuantizationMethod quantization_method_from(std::string_view text, std::string_view key,
                                            std::string_view origin);
std::int64_t quantization_bits_from(std::int64_t bits, std::string_view key, std::string_view origin);
std::int64_t group_size_from(std::int64_t size, std::string_view key, std::string_view origin);
ReducedRange reduced_range_from(std::string_view text, std::string_view key, std::string_view origin);
std::int64_t calibration_batches_from(std::int64_t count, std::string_view key, std::string_view origin);

}  // namespace medbench
