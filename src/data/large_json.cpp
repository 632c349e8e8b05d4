#include "data/large_json.hpp"

#include "base/strict_json.hpp"

namespace medbench {

LargeJson parse_large_json(std::string_view text, std::string_view origin) {
  return parse_strict_json<LargeJson>(text, origin, JsonDialect::Python);
}

}  // namespace medbench
