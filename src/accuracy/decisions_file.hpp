// What an engine decided of every case of an evaluation, in a file that others are compared with.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "accuracy/decision.hpp"
#include "data/safetensors.hpp"

namespace medbench {

class DecisionsWriter {
 public:
  void add(const Decision& decision);
  // A safetensors file with the labels (I32) and the margins (F32) of all cases in their order; gives back
  // the path that was taken. `hash` says of which file the cases are. Throws Environment.
  [[nodiscard]] std::filesystem::path write(const std::filesystem::path& path, const std::string& hash) const;

 private:
  std::vector<std::int32_t> labels_;
  std::vector<float> margins_;
};

class DecisionsReader {
 public:
  // Throws Usage: no such file, another format, decisions about another evaluation than `hash`.
  DecisionsReader(const std::filesystem::path& path, const std::string& hash);

  [[nodiscard]] std::size_t size() const { return size_; }
  // Of the case of that number, from 0, below size().
  [[nodiscard]] Decision at(std::size_t number) const;

 private:
  std::unique_ptr<SafetensorsFile> file_;
  const TensorView* labels_ = nullptr;
  const TensorView* margins_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace medbench
