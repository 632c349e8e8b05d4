// How fast texts become ids: bench_tokenizer MODEL_FOLDER TEXTS THREADS [IDS_FILE]. Prints one line of JSON
// with the median of several passes over all lines; the file gets all ids of all texts, one after the other,
// as little-endian int32. tools/compare_tokenizer_with_python.py runs it beside the library `tokenizers`.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fmt/core.h>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "data/text_file.hpp"
#include "data/tokenizer_files.hpp"

namespace medbench {
namespace {

constexpr std::size_t kPasses = 5;

using Ids = std::vector<std::int32_t>;

Ids encode_share(const BertTokenizer& tokenizer, const std::vector<std::string>& texts, std::size_t first,
                 std::size_t end) {
  Ids all;
  for (std::size_t i = first; i < end; ++i) {
    for (const std::int64_t id : tokenizer.encode(texts[i])) all.push_back(static_cast<std::int32_t>(id));
  }
  return all;
}

std::vector<Ids> encode_all(const BertTokenizer& tokenizer, const std::vector<std::string>& texts,
                            std::size_t threads) {
  std::vector<Ids> shares(threads);
  std::vector<std::jthread> others;
  const auto work = [&](std::size_t share) {
    shares[share] =
        encode_share(tokenizer, texts, share * texts.size() / threads, (share + 1) * texts.size() / threads);
  };
  for (std::size_t share = 1; share < threads; ++share) others.emplace_back(work, share);
  work(0);
  others.clear();
  return shares;
}

int run(const std::vector<std::string>& arguments) {
  if (arguments.size() < 3 || arguments.size() > 4)
    throw usage_error("usage: bench_tokenizer MODEL_FOLDER TEXTS THREADS [IDS_FILE]");
  const BertTokenizer tokenizer = load_tokenizer(arguments[0]);
  const std::vector<std::string> texts = read_texts(arguments[1], "");
  const auto threads = static_cast<std::size_t>(std::max(1, std::stoi(arguments[2])));
  std::array<double, kPasses> seconds{};
  std::vector<Ids> shares;
  for (double& pass : seconds) {
    const auto start = std::chrono::steady_clock::now();
    shares = encode_all(tokenizer, texts, threads);
    pass = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  std::ranges::sort(seconds);
  std::size_t tokens = 0;
  for (const Ids& ids : shares) tokens += ids.size();
  fmt::print("{{\"texts\": {}, \"tokens\": {}, \"threads\": {}, \"seconds\": {}}}\n", texts.size(), tokens,
             threads, seconds[kPasses / 2]);
  if (arguments.size() < 4) return 0;
  std::ofstream file(arguments[3], std::ios::binary);
  for (const Ids& ids : shares)
    file.write(reinterpret_cast<const char*>(ids.data()),
               static_cast<std::streamsize>(ids.size() * sizeof(std::int32_t)));
  if (!file.flush()) throw environment_error("{}: cannot be written", arguments[3]);
  return 0;
}

}  // namespace
}  // namespace medbench

int main(int argc, char** argv) {
  try {
    return medbench::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}
