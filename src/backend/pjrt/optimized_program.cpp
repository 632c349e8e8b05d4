#include "backend/pjrt/optimized_program.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "backend/pjrt/wire.hpp"
#include "base/precision.hpp"

namespace medbench::pjrt {
namespace {

// Numbers of the fields that are read, as in XLA's hlo.proto and xla_data.proto.
namespace hlo {
constexpr std::uint32_t kModuleOfModuleWithConfig = 1;
constexpr std::uint32_t kComputationsOfModule = 3;
constexpr std::uint32_t kInstructionsOfComputation = 2;
constexpr std::uint32_t kOpcode = 2;
constexpr std::uint32_t kShape = 3;
constexpr std::uint32_t kCustomCallTarget = 28;
constexpr std::uint32_t kId = 35;
constexpr std::uint32_t kOperandIds = 36;
constexpr std::uint32_t kElementTypeOfShape = 2;
}  // namespace hlo

struct ElementType {
  std::uint64_t number;  // xla.PrimitiveType
  std::string_view precision;
};
// From the widest on: a mixture is spelled in this order.
constexpr std::array kElementTypes{ElementType{12, "fp64"}, ElementType{11, kFp32}, ElementType{10, kFp16},
                                   ElementType{16, kBf16},  ElementType{20, "fp8"}, ElementType{19, "fp8"},
                                   ElementType{4, "int32"}, ElementType{2, kInt8},  ElementType{6, kInt8}};

struct Instruction {
  std::string_view opcode;
  std::string_view target;
  std::uint64_t id = 0;
  std::uint64_t element_type = 0;
  std::vector<std::uint64_t> operands;
};

std::uint64_t element_type_of(std::string_view shape) {
  Field field;
  for (Fields fields(shape); fields.next(field);) {
    if (field.number == hlo::kElementTypeOfShape) return field.value;
  }
  return 0;
}

Instruction read_instruction(std::string_view message) {
  Instruction instruction;
  Field field;
  for (Fields fields(message); fields.next(field);) {
    if (field.number == hlo::kOpcode) instruction.opcode = field.bytes;
    if (field.number == hlo::kShape) instruction.element_type = element_type_of(field.bytes);
    if (field.number == hlo::kCustomCallTarget) instruction.target = field.bytes;
    if (field.number == hlo::kId) instruction.id = field.value;
    if (field.number == hlo::kOperandIds) append_numbers(field, instruction.operands);
  }
  return instruction;
}

// Libraries' products are custom calls whose names say so.
bool is_product(const Instruction& instruction) {
  if (instruction.opcode == "dot" || instruction.opcode == "convolution") return true;
  if (instruction.opcode != "custom-call") return false;
  constexpr std::array<std::string_view, 5> kWords{"gemm", "matmul", "dot", "fmha", "$conv"};
  return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) {
    return instruction.target.find(word) != std::string_view::npos;
  });
}

std::string_view precision_name(std::uint64_t element_type) {
  for (const ElementType& row : kElementTypes) {
    if (row.number == element_type) return row.precision;
  }
  return "other";
}

void read_computation(std::string_view message, OptimizedProgram& program) {
  std::vector<Instruction> instructions;
  std::map<std::uint64_t, std::uint64_t> type_by_id;
  Field field;
  for (Fields fields(message); fields.next(field);) {
    if (field.number != hlo::kInstructionsOfComputation) continue;
    instructions.push_back(read_instruction(field.bytes));
    type_by_id[instructions.back().id] = instructions.back().element_type;
  }
  for (const Instruction& instruction : instructions) {
    const bool is_call = !instruction.target.empty();
    ++program.instructions[std::string(is_call ? instruction.target : instruction.opcode)];
    if (!is_product(instruction) || instruction.operands.empty()) continue;
    ++program.products[std::string(precision_name(type_by_id[instruction.operands.front()]))];
  }
}

}  // namespace

OptimizedProgram read_optimized_program(std::string_view bytes, std::string_view format) {
  OptimizedProgram program;
  std::string_view module;
  if (format == "hlo") module = bytes;
  Field field;
  if (format == "hlo_with_config") {
    for (Fields fields(bytes); fields.next(field);) {
      if (field.number == hlo::kModuleOfModuleWithConfig) module = field.bytes;
    }
  }
  for (Fields fields(module); fields.next(field);) {
    if (field.number == hlo::kComputationsOfModule) read_computation(field.bytes, program);
  }
  return program;
}

std::string precision_of(const OptimizedProgram& program) {
  std::string text;
  std::string_view last;
  for (const ElementType& row : kElementTypes) {
    if (row.precision == last || !program.products.contains(std::string(row.precision))) continue;
    last = row.precision;
    text += text.empty() ? "" : "+";
    text += row.precision;
  }
  return text;
}

}  // namespace medbench::pjrt
