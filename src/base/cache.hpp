// What is kept from one run to the next because making it takes long: where, and under which name.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct XXH3_state_s;

namespace medbench {

// `part` below MEDBENCH_CACHE_DIR, XDG_CACHE_HOME/medbench or ~/.cache/medbench. Throws Environment when none
// of the variables is set.
std::filesystem::path cache_folder(std::string_view part);

// XXH3 with 128 bits.
class ContentHash {
 public:
  ContentHash();
  void add(std::span<const std::byte> bytes);
  void add(std::string_view text) { add(std::as_bytes(std::span{text})); }
  [[nodiscard]] std::string hex() const;

 private:
  struct Free {
    void operator()(XXH3_state_s* state) const;
  };
  std::unique_ptr<XXH3_state_s, Free> state_;
};

}  // namespace medbench
