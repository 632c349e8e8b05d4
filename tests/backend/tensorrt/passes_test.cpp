// Passes on a card that is a fake: a pass copies its input to its output, by the driver.
#include "backend/tensorrt/passes.hpp"

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>

#include "base/error.hpp"
#include "device/library.hpp"
#include "tests/support/errors.hpp"

namespace medbench::trt {
namespace {

using ::testing::ElementsAre;

struct Driver {
  device::Library library{FAKE_CARD_LIBRARY, RTLD_NOW | RTLD_LOCAL};
  std::uint64_t (*blocks)() = nullptr;
  int (*copy)(std::uint64_t, std::uint64_t, std::size_t, void*) = nullptr;
  int (*synchronize)(void*) = nullptr;
  Driver() {
    library.find("fakeBlocks", blocks);
    library.find("cuMemcpyDtoDAsync_v2", copy);
    library.find("cuStreamSynchronize", synchronize);
  }
};

struct Behaviour {
  bool waits = false;  // within a pass, which no graph can hold
  int passes = 0;
  std::vector<const void*> memories;  // that executions were given
};

class CopyingExecution final : public Execution {
 public:
  CopyingExecution(Driver& driver, Behaviour& behaviour) : driver_(driver), behaviour_(behaviour) {}
  void set_shape(const std::string& input, std::span<const std::int64_t> shape) override {
    if (shape[0] > 8) throw runtime_failure("no such profile");
    bytes_[input] = static_cast<std::size_t>(element_count(shape)) * sizeof(float);
  }
  void set_address(const std::string& name, void* data) override { addresses_[name] = data; }
  void enqueue(void* stream) override {
    ++behaviour_.passes;
    const auto address = [&](const char* name) {
      return reinterpret_cast<std::uint64_t>(addresses_.at(name));
    };
    if (behaviour_.waits) driver_.synchronize(stream);
    driver_.copy(address("out"), address("in"), bytes_.at("in"), stream);
  }

 private:
  Driver& driver_;
  Behaviour& behaviour_;
  std::map<std::string, void*> addresses_;
  std::map<std::string, std::size_t> bytes_;
};

class CopyingEngine final : public Engine {
 public:
  CopyingEngine(Driver& driver, Behaviour& behaviour) : driver_(driver), behaviour_(behaviour) {}
  [[nodiscard]] Json layers() const override { return nullptr; }
  [[nodiscard]] std::size_t pass_bytes() const override { return 64; }
  [[nodiscard]] std::unique_ptr<Execution> make_execution(void* memory) const override {
    behaviour_.memories.push_back(memory);
    return std::make_unique<CopyingExecution>(driver_, behaviour_);
  }

 private:
  Driver& driver_;
  Behaviour& behaviour_;
};

class PassesTest : public ::testing::Test {
 protected:
  Passes passes(GraphMode mode) { return {stream, std::make_unique<CopyingEngine>(driver, behaviour), mode}; }
  static void bind(Passes& passes, std::size_t slot, std::int64_t size) {
    passes.bind(slot, {{"x", "in", DType::F32, {size}}}, {{"y", "out", DType::F32, {size}}});
  }
  static void write(Passes& passes, std::size_t slot, std::vector<float> numbers) {
    NamedTensors inputs;
    inputs.emplace("x", HostTensor::from_f32({static_cast<std::int64_t>(numbers.size())}, numbers));
    passes.write(slot, inputs);
  }
  static std::vector<float> pass(Passes& passes, std::size_t slot) {
    NamedTensors outputs;
    passes.enqueue(slot);
    passes.wait();
    passes.read(slot, outputs);
    const auto values = outputs.at("y").f32();
    return {values.begin(), values.end()};
  }

  Driver driver;
  Behaviour behaviour;
  device::CudaStream stream{0, FAKE_CARD_LIBRARY};
};

TEST_F(PassesTest, RunEachSlotOnItsOwnInputs) {
  for (const GraphMode mode : {GraphMode::Off, GraphMode::On, GraphMode::Auto}) {
    Passes two = passes(mode);
    bind(two, 0, 2);
    bind(two, 1, 3);
    write(two, 0, {1, 2});
    write(two, 1, {3, 4, 5});
    EXPECT_THAT(pass(two, 0), ElementsAre(1, 2));
    EXPECT_THAT(pass(two, 1), ElementsAre(3, 4, 5));
    write(two, 0, {6, 7});
    EXPECT_THAT(pass(two, 0), ElementsAre(6, 7));
  }
}

TEST_F(PassesTest, AreTimedByTheCard) {
  Passes single = passes(GraphMode::Off);
  bind(single, 0, 2);
  write(single, 0, {1, 2});
  EXPECT_FALSE(single.tune_ms());
  (void)pass(single, 0);
  EXPECT_EQ(single.device_time_ms(), 1);
  EXPECT_EQ(single.describe()["cuda_graph"], false);
}

TEST_F(PassesTest, KeepWhatIsFaster) {
  Passes both = passes(GraphMode::Auto);
  bind(both, 0, 2);
  write(both, 0, {1, 2});
  EXPECT_TRUE(both.tune_ms());
  const Json told = both.describe();
  EXPECT_EQ(told["cuda_graph"], true);
  EXPECT_EQ(told["tried"]["single_calls_ms"], 1);
  EXPECT_EQ(told["tried"]["graph_ms"], 0.5);
  const int before = behaviour.passes;
  EXPECT_THAT(pass(both, 0), ElementsAre(1, 2));
  EXPECT_EQ(behaviour.passes, before) << "the graph is launched without the library";
  EXPECT_EQ(both.device_time_ms(), 0.5);
}

TEST_F(PassesTest, GoWithoutAGraphWhereNoneCanBe) {
  behaviour.waits = true;
  Passes single = passes(GraphMode::Auto);
  bind(single, 0, 2);
  write(single, 0, {1, 2});
  EXPECT_EQ(single.describe()["cuda_graph"], false);
  EXPECT_TRUE(single.describe()["tried"].contains("graph_refused"));
  EXPECT_THAT(pass(single, 0), ElementsAre(1, 2));
  Passes graph = passes(GraphMode::On);
  bind(graph, 0, 2);
  testing::expect_error(ErrorKind::Runtime, "cuStreamEndCapture", [&] { write(graph, 0, {1, 2}); });
}

TEST_F(PassesTest, ShareTheMemoryOfAPassAndGiveEverythingBack) {
  const std::uint64_t before = driver.blocks();
  {
    Passes two = passes(GraphMode::Auto);
    bind(two, 0, 2);
    bind(two, 1, 2);
    ASSERT_EQ(behaviour.memories.size(), 2U);
    EXPECT_EQ(behaviour.memories[0], behaviour.memories[1]);
    EXPECT_NE(behaviour.memories[0], nullptr);
    bind(two, 1, 4);  // anew
    write(two, 1, {1, 2, 3, 4});
    const std::uint64_t bound = driver.blocks();
    NamedTensors outputs;
    outputs.emplace("y", HostTensor(DType::F32, {4}));
    write(two, 1, {1, 2, 3, 4});
    two.enqueue(1);
    two.wait();
    two.read(1, outputs);
    EXPECT_EQ(driver.blocks(), bound) << "a pass allocates nothing";
    EXPECT_EQ(outputs.at("y").f32()[3], 4);
  }
  EXPECT_EQ(driver.blocks(), before);
}

TEST_F(PassesTest, RefuseWhatWasNotPrepared) {
  Passes single = passes(GraphMode::Off);
  testing::expect_error(ErrorKind::Internal, "slot 0 was not bound", [&] { single.enqueue(0); });
  testing::expect_error(ErrorKind::Runtime, "no such profile", [&] { bind(single, 0, 9); });
  bind(single, 0, 2);
  testing::expect_error(ErrorKind::Internal, "must be [2], found [3]", [&] { write(single, 0, {1, 2, 3}); });
}

}  // namespace
}  // namespace medbench::trt
