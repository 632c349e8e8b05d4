// What to feed a text encoder: the options of subcommands that measure encoders, and the checks that can be
// made before a worker starts.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "job/job.hpp"
#include "medbench/option_parser.hpp"
#include "models/registry.hpp"

namespace medbench {

struct EncoderOptions {
  WeightsPolicy weights = WeightsPolicy::Auto;
  Data data;
};

// Declares the weights' and the texts' options.
class EncoderOptionsParser {
 public:
  EncoderOptionsParser(OptionParser& parser, EncoderOptions& options);
  // After parse(). Throws Usage for an option of texts without texts.
  void finish();

 private:
  EncoderOptions& options_;
  std::string weights_;
  std::optional<std::string> text_;
  std::string text_column_;
  std::string pad_;
};

// Spelled as the subcommand does, for messages.
struct EncoderOptionNames {
  std::string_view model;
  std::string_view batch_size;
  std::string_view seq_length;
};

struct CheckedEncoder {
  ModelRef reference;
  std::vector<std::string> notes;  // for the screen and every row of the model
  std::string texts;               // what becomes of the file of texts, for the screen; empty without
};

// Resolves and reads the model, checks the shapes against it, and reads the whole file of texts, so that what
// is wrong shows before a worker starts. Throws Usage.
CheckedEncoder check_encoder(const std::string& model, const EncoderOptions& options, std::uint64_t seed,
                             std::span<const Axes> shapes, const EncoderOptionNames& names);

// For workers, which need not share our working folder, and for those who compare what they did: absolute
// paths, and the hash of the content. Throws Usage when the file cannot be read.
Data settled(Data data);

}  // namespace medbench
