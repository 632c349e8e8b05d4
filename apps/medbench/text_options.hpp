// Texts for text encoders: their options, and the checks that can be made before a worker starts.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medbench/option_parser.hpp"
#include "models/model.hpp"

namespace medbench {

class TextOptionsParser {
 public:
  // `data` and `paddings` are filled by finish().
  TextOptionsParser(OptionParser& parser, Data& data, std::vector<Padding>& paddings);
  // After parse(). Where no number of batches is given, there are no more than iterations. Throws Usage for
  // an option of texts without texts, unless these are but a part of the options.
  void finish(const std::optional<std::int64_t>& num_iterations, bool is_part);

 private:
  Data& data_;
  std::vector<Padding>& paddings_;
  std::optional<std::string> text_;
  std::string text_column_;
  std::vector<std::string> pads_;
  std::string order_;
  std::string batches_;
};

struct CheckedTexts {
  std::vector<std::string> notes;  // for the screen and every row of the model
  std::string use;                 // what becomes of the file, for the screen
};

// Reads the whole file, so that what is wrong shows before a worker starts. Where the model is packed, its
// batches are checked, which need less than their padded shapes. `option` named the model. Throws Usage.
CheckedTexts check_texts(const TextData& text, const ModelRef& reference, const Model& model,
                         std::span<const Axes> shapes, std::string_view option);

// For workers, which need not share our working folder, and for those who compare what they did: absolute
// paths, and the hash of the content. Throws Usage when the file cannot be read.
Data settled(Data data);

}  // namespace medbench
