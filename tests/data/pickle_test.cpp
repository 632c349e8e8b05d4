#include "data/pickle.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

#include "tests/data/safetensors_builder.hpp"
#include "tests/data/torch_builder.hpp"

namespace medbench {
namespace {

using namespace std::string_literals;
using ::testing::AllOf;
using testing::failure_text;
using ::testing::HasSubstr;
using testing::integer;
using testing::little_endian;
using testing::name;
using ::testing::StartsWith;
using testing::text;

using Kind = PickleValue::Kind;

std::string failure(const std::string& bytes) {
  return failure_text([&] { read_pickle(bytes, 0, "f.bin"); });
}

TEST(Pickle, HoldsWhatPythonPutIn) {
  // pickle.dumps({"a": [1, -2, 1 << 40, 1 << 80, 0.5, None, True], "b": (b"x", {"é"})}, protocol=4)
  const std::string bytes =
      "\x80\x04\x95\x3C\x00\x00\x00\x00\x00\x00\x00}\x94(\x8C\x01"
      "a\x94]\x94(K\x01J\xFE\xFF\xFF\xFF\x8A\x06\x00\x00\x00\x00\x00\x01"
      "\x8A\x0B\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01G?\xE0\x00\x00\x00\x00\x00\x00N\x88"
      "e\x8C\x01"
      "b\x94"
      "C\x01x\x94\x8F\x94(\x8C\x02\xC3\xA9\x94\x90\x86\x94u.rest"s;
  const Pickle pickle = read_pickle(bytes, 0, "f.bin");
  EXPECT_EQ(pickle.end, bytes.size() - 4);
  ASSERT_EQ(pickle.top().kind, Kind::Dict);
  const PickleValue* list = pickle.find(pickle.top(), "a");
  ASSERT_NE(list, nullptr);
  ASSERT_EQ(list->items.size(), 7U);
  EXPECT_EQ(pickle[list->items[0]].integer, 1);
  EXPECT_EQ(pickle[list->items[1]].integer, -2);
  EXPECT_EQ(pickle[list->items[2]].integer, std::int64_t{1} << 40);
  EXPECT_EQ(pickle[list->items[3]].kind, Kind::LargeInteger);
  EXPECT_EQ(pickle[list->items[4]].kind, Kind::Float);
  EXPECT_EQ(pickle[list->items[5]].kind, Kind::None);
  EXPECT_EQ(pickle[list->items[6]].kind, Kind::Bool);
  const PickleValue* pair = pickle.find(pickle.top(), "b");
  ASSERT_NE(pair, nullptr);
  ASSERT_EQ(pair->items.size(), 2U);
  EXPECT_EQ(pickle[pair->items[0]].text, "x");
  EXPECT_EQ(pickle[pickle[pair->items[1]].items.at(0)].text, "\xC3\xA9");
  EXPECT_EQ(pickle.find(pickle.top(), "c"), nullptr);
}

TEST(Pickle, HoldsLongIntegers) {
  const auto value = [](const std::string& bytes) { return read_pickle(bytes, 0, "f.bin").top().integer; };
  EXPECT_EQ(value("\x8A\0."s), 0);
  EXPECT_EQ(value("\x8A\x01\xFE."), -2);
  EXPECT_EQ(value("\x8A\x02\xFE\0."s), 254);
  EXPECT_EQ(value(integer(std::numeric_limits<std::int64_t>::min()) + "."),
            std::numeric_limits<std::int64_t>::min());
}

TEST(Pickle, HoldsTheDictsOfPython2AndTheLastOfTwoEqualKeys) {
  const std::string pairs = "(((" + text("a") + "K\x01t(" + text("a") + "K\x02tltR.";
  const std::string list = name("collections", "OrderedDict") + "(](" + "(" + text("a") + "K\x01t(" +
                           text("a") + "K\x02te" + "tR.";
  const Pickle pickle = read_pickle(list, 0, "f.bin");
  ASSERT_EQ(pickle.top().kind, Kind::Dict);
  EXPECT_EQ(pickle.find(pickle.top(), "a")->integer, 2);
  EXPECT_THAT(failure(pairs), HasSubstr("opcode 0x6C"));
}

TEST(Pickle, RefusesNamesWithTheirByte) {
  EXPECT_THAT(failure("\x80\x02" + name("posix", "system") + "(" + text("id") + "tR."),
              AllOf(StartsWith("usage: f.bin: its pickle, at byte 2, names posix.system, which"),
                    HasSubstr("state_dict()")));
  EXPECT_THAT(failure("\x80\x04" + text("builtins") + text("eval") + "\x93."),
              HasSubstr("at byte 24, names builtins.eval"));
  // Only whole names count.
  EXPECT_THAT(failure(name("torch", "load") + "."), HasSubstr("names torch.load"));
  EXPECT_THAT(failure(name("torch._utils", "_rebuild_tensor_v2.__globals__") + "."),
              HasSubstr("__globals__"));
  EXPECT_THAT(failure(name("torch\x1b[2J", "x") + "."), HasSubstr("torch\\x1b[2J.x"));
  EXPECT_THAT(failure("N" + integer(1) + "\x93."), HasSubstr("a name that is no text"));
}

TEST(Pickle, RefusesOpcodesThatMakeObjects) {
  // INST, OBJ, NEWOBJ, EXT1, PERSID, GET as text.
  for (const char opcode : {'i', 'o', '\x81', '\x82', 'P', 'g', 'I', '\xFF'}) {
    EXPECT_THAT(failure("N"s + opcode + ".\n\n."), HasSubstr("at byte 1, has the opcode 0x")) << opcode;
  }
}

TEST(Pickle, CallsOnlyWhatItKnowsWithWhatThatTakes) {
  const std::string size = name("torch", "Size");
  EXPECT_EQ(failure(size + "((K\x01ttR."), "no error");
  EXPECT_THAT(failure(size + "(K\x01tR."), HasSubstr("torch.Size is not called so"));
  EXPECT_THAT(failure(size + ")R."), HasSubstr("torch.Size is not called so"));
  EXPECT_THAT(failure(name("torch", "FloatStorage") + ")R."),
              HasSubstr("torch.FloatStorage is not called so"));
  EXPECT_THAT(failure(name("torch._utils", "_rebuild_parameter") + "(NtR."), HasSubstr("not called so"));
  EXPECT_THAT(failure("N)R."), HasSubstr("a call of what is no name"));
  EXPECT_THAT(failure(size + "NR."), HasSubstr("a call of what is no name"));
  EXPECT_THAT(failure("N}b."), HasSubstr("attributes of what is no dict and no tensor"));
  EXPECT_EQ(failure("}}b."), "no error");
}

TEST(Pickle, RefusesStacksThatDoNotFit) {
  EXPECT_THAT(failure("."), HasSubstr("at byte 0: its stack is empty; the file is damaged"));
  EXPECT_THAT(failure("N(."), HasSubstr("at byte 2: its stack is empty"));
  EXPECT_THAT(failure("Nt."), HasSubstr("no mark"));
  EXPECT_THAT(failure("N\x86."), HasSubstr("too little"));
  EXPECT_THAT(failure("NNa."), HasSubstr("no list"));
  EXPECT_THAT(failure("NNNs."), HasSubstr("no dict"));
  EXPECT_THAT(failure("}(Nu."), HasSubstr("a key without a value"));
  EXPECT_THAT(failure("N(N\x90."), HasSubstr("no set"));
  EXPECT_THAT(failure("NQ."), HasSubstr("a storage that is no tuple"));
  EXPECT_THAT(failure("h\0."s), HasSubstr("a memo entry 0 that is not there"));
  EXPECT_EQ(failure("N(N1(0."), "no error");
}

TEST(Pickle, RefusesWhatEndsTooEarlyOrLies) {
  const std::string whole = "\x80\x02}" + text("key") + integer(1) + "s.";
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_THAT(failure(whole.substr(0, size)), HasSubstr("the file is truncated")) << size;
  EXPECT_THAT(failure("X\xFF\xFF\xFF\x7Fx."),
              HasSubstr("at byte 0: 2147483647 bytes are needed where 2 follow"));
  EXPECT_THAT(failure("\x8D\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFFx."), HasSubstr("18446744073709551615 bytes"));
  EXPECT_THAT(failure("cmodule"), HasSubstr("a name without an end"));
  EXPECT_THAT(failure("\x80\x06N."), HasSubstr("protocol 6"));
}

// What costs a reader more than the file has bytes: nesting, a memo of four billion, dicts that are made of
// one list.
TEST(Pickle, SurvivesBombs) {
  constexpr std::size_t kMany = 200'000;
  std::string nested;
  for (std::size_t i = 0; i < kMany; ++i) nested += "(]";
  EXPECT_THAT(failure(nested + "."), "no error");
  std::string tuples = ")";
  tuples.append(kMany, '\x85');
  EXPECT_EQ(failure(tuples + "."), "no error");
  EXPECT_THAT(failure("N" + "r"s + little_endian(0xFFFFFFFF, 4) + "."), HasSubstr("a memo entry 4294967295"));
  EXPECT_EQ(failure("]q\0h\0a."s), "no error");

  std::string dicts = name("collections", "OrderedDict") + "q\0](N\x85NN\x86q\1"s;
  for (int i = 0; i < 10'000; ++i) dicts += "h\1"s;
  dicts += "e\x85q\2"s;
  for (int i = 0; i < 10'000; ++i) dicts += "h\0h\2R0"s;
  EXPECT_THAT(failure(dicts + "N."), AllOf(HasSubstr("its pickle"), HasSubstr("damaged")));

  std::string values;
  values.assign((std::size_t{4} << 20U) + 1, 'N');
  EXPECT_THAT(failure(values + "."), HasSubstr("too many values"));
}

}  // namespace
}  // namespace medbench
