// What a plug-in made of a module: read off the optimised program that it hands out.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace medbench::pjrt {

struct OptimizedProgram {
  // The products by the types of their operands, as precisions are spelled, and how many there are:
  // {"fp32": 96}, {"bf16": 72, "fp32": 24}.
  std::map<std::string, int> products;
  // Instructions by opcode; of custom calls by their target.
  std::map<std::string, int> instructions;
};

// From XLA's HloModuleProto, or with its configuration around it, by PJRT's name of the format ("hlo" or
// "hlo_with_config"); nothing is known of another format. Throws Runtime when the bytes are no such message.
OptimizedProgram read_optimized_program(std::string_view bytes, std::string_view format);

// "fp32", or a mixture such as "fp32+bf16", from the widest on; empty without products.
std::string precision_of(const OptimizedProgram& program);

}  // namespace medbench::pjrt
