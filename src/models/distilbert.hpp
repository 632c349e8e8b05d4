// DistilBERT (Sanh et al. 2019): BERT's layers, half as many, without token types and pooler. Distilled
// biomedical encoders are of this family.
#pragma once

#include <string>
#include <string_view>

#include "models/encoder.hpp"
#include "models/family.hpp"

namespace medbench {

extern const ModelFamily kDistilBertFamily;

EncoderConfig distilbert_config_from_json(const Json& json, std::string_view origin);

// "output": without a head the last hidden state [batch, seq, hidden], else its logits, [batch, labels] or
// [batch, seq, labels]. Parameters carry the names of the Hugging Face checkpoint without the prefix
// "distilbert.".
ir::Graph build_distilbert(const EncoderConfig& config, std::string name);

}  // namespace medbench
