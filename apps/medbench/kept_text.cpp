#include "medbench/kept_text.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <system_error>

#include "base/error.hpp"
#include "base/file.hpp"
#include "data/text_file.hpp"

namespace medbench {

KeptText::~KeptText() {
  for (const auto& file : made_) {
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
  }
}

void KeptText::keep(Data& data, const std::filesystem::path& folder) {
  auto* text = std::get_if<TextData>(&data);
  if (text == nullptr || !is_stream(text->file)) return;
  const auto known = std::ranges::find(kept_, text->file, &Kept::stream);
  if (known != kept_.end()) {
    text->file = known->file.string();
    return;
  }
  const std::string content = read_stream(text->file);
  if (content.empty()) throw usage_error("--text {}: nothing came through it", printable(text->file));
  ensure_writable_directory(folder);
  // Without an extension that says what it is: the content does.
  const std::filesystem::path file =
      std::filesystem::absolute(folder) / fmt::format("text_{:.12}.txt", text_hash(content));
  if (!may_exist(file)) {
    replace_file(file, content);
    made_.push_back(file);
  }
  kept_.push_back({text->file, file});
  text->file = file.string();
}

std::vector<std::string> KeptText::in_place(std::span<const std::string> arguments) const {
  std::vector<std::string> replaced(arguments.begin(), arguments.end());
  for (std::size_t i = 0; i < replaced.size(); ++i) {
    for (const Kept& text : kept_) {
      if (replaced[i] == "--text=" + text.stream) replaced[i] = "--text=" + text.file.string();
      if (i > 0 && replaced[i - 1] == "--text" && replaced[i] == text.stream)
        replaced[i] = text.file.string();
    }
  }
  return replaced;
}

}  // namespace medbench
