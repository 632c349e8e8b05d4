#include "backend/pjrt/optimized_program.hpp"

#include <gtest/gtest.h>

#include "backend/pjrt/wire.hpp"
#include "tests/support/errors.hpp"

namespace medbench::pjrt {
namespace {

// Numbers of xla.PrimitiveType.
constexpr std::uint64_t kF32 = 11;
constexpr std::uint64_t kBf16 = 16;
constexpr std::uint64_t kS8 = 2;

std::string instruction(std::string_view opcode, std::uint64_t id, std::uint64_t type,
                        std::initializer_list<std::uint64_t> operands = {}, std::string_view target = {}) {
  std::string shape;
  put_varint(shape, 2, type);
  std::string text;
  put_bytes(text, 1, "name");
  put_bytes(text, 2, opcode);
  put_bytes(text, 3, shape);
  if (!target.empty()) put_bytes(text, 28, target);
  put_varint(text, 35, id);
  for (const std::uint64_t operand : operands) put_varint(text, 36, operand);
  return text;
}

std::string module_of(std::initializer_list<std::string> instructions) {
  std::string computation;
  for (const std::string& text : instructions) put_bytes(computation, 2, text);
  std::string module;
  put_bytes(module, 1, "main");
  put_bytes(module, 3, computation);
  return module;
}

TEST(OptimizedProgram, CountsProductsByTheTypesOfTheirOperands) {
  const std::string module =
      module_of({instruction("parameter", 1, kF32), instruction("parameter", 2, kBf16),
                 instruction("dot", 3, kF32, {1, 1}), instruction("dot", 4, kF32, {2, 2}),
                 instruction("custom-call", 5, kBf16, {2, 2}, "__cublas$lt$matmul"),
                 instruction("custom-call", 6, kBf16, {1}, "Sharding"), instruction("add", 7, kF32, {3, 4})});
  const OptimizedProgram program = read_optimized_program(module, "hlo");
  EXPECT_EQ(program.products, (std::map<std::string, int>{{"fp32", 1}, {"bf16", 2}}));
  EXPECT_EQ(program.instructions.at("parameter"), 2);
  EXPECT_EQ(program.instructions.at("__cublas$lt$matmul"), 1);
  EXPECT_EQ(precision_of(program), "fp32+bf16");
}

TEST(OptimizedProgram, CountsConvolutionsAmongTheProducts) {
  const std::string module =
      module_of({instruction("parameter", 1, kBf16), instruction("convolution", 2, kF32, {1, 1}),
                 instruction("custom-call", 3, kBf16, {1, 1}, "__cudnn$convForward"),
                 instruction("custom-call", 4, kF32, {2}, "convert")});
  EXPECT_EQ(read_optimized_program(module, "hlo").products, (std::map<std::string, int>{{"bf16", 2}}));
}

TEST(OptimizedProgram, ReadsAModuleWithItsConfiguration) {
  std::string whole;
  put_bytes(whole, 1, module_of({instruction("parameter", 1, kS8), instruction("dot", 2, kF32, {1, 1})}));
  put_bytes(whole, 2, "configuration");
  EXPECT_EQ(precision_of(read_optimized_program(whole, "hlo_with_config")), "int8");
}

TEST(OptimizedProgram, KnowsNothingOfOtherFormats) {
  EXPECT_EQ(precision_of(read_optimized_program("module {}", "mlir")), "");
}

TEST(OptimizedProgram, RefusesBytesThatAreNoModule) {
  testing::expect_error(ErrorKind::Runtime, "message of the plug-in",
                        [] { (void)read_optimized_program("\x1a\x7f", "hlo"); });
}

}  // namespace
}  // namespace medbench::pjrt
