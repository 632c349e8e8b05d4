// The BERT encoder (Devlin et al. 2018) as one graph, for every size and head that a Hugging Face config.json
// describes.
#pragma once

#include <string>
#include <string_view>

#include "models/encoder.hpp"
#include "models/family.hpp"

namespace medbench {

extern const ModelFamily kBertFamily;

EncoderConfig bert_config_from_json(const Json& json, std::string_view origin);

// Outputs: without a head "output", the last hidden state [batch, seq, hidden], and with `pooler` also
// "pooler_output" [batch, hidden]; with a head "output" holds its logits, [batch, labels] or [batch, seq,
// labels]. A sequence classification head implies the pooler. Parameters carry the names of the Hugging Face
// checkpoint without the prefix "bert.".
ir::Graph build_bert(const EncoderConfig& config, bool pooler, std::string name);

}  // namespace medbench
