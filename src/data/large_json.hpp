// JSON whose objects may have very many keys, such as a vocabulary. base/json.hpp keeps the order of keys and
// searches them one by one, which takes seconds for 30,000 of them.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace medbench {

using LargeJson = nlohmann::json;

// As Python reads it. `origin` starts the messages. Throws Usage: bad syntax, nesting deeper than 100 levels.
LargeJson parse_large_json(std::string_view text, std::string_view origin);

}  // namespace medbench
