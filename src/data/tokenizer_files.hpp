// Reads a BERT tokenizer from a model's folder: tokenizer.json when there is one, else vocab.txt.
#pragma once

#include <filesystem>

#include "data/tokenizer.hpp"

namespace medbench {

// tokenizer_config.json, when there is one, decides do_lower_case, strip_accents, tokenize_chinese_chars and
// the names of the special tokens, as it does in Hugging Face's transformers. tokenizer.json decides what it
// leaves open (transformers takes the defaults there), and the defaults are BERT's: lower case.
// special_tokens_map.json is asked for names that tokenizer_config.json does not hold. Throws Usage: no
// tokenizer in the folder, a broken file, a special token that has no id; Unsupported: a tokenizer of another
// kind.
BertTokenizer load_tokenizer(const std::filesystem::path& folder);

}  // namespace medbench
