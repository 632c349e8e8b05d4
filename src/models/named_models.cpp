#include "models/named_models.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "base/error.hpp"

namespace medbench {
namespace {

// Both were trained on from BERT-base-cased and kept its architecture and vocabulary.
constexpr std::string_view kBertBaseCased =
    R"({"model_type": "bert", "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12,
        "intermediate_size": 3072, "vocab_size": 28996, "max_position_embeddings": 512, "type_vocab_size": 2,
        "layer_norm_eps": 1e-12, "hidden_act": "gelu"})";
constexpr std::string_view kDistilBertBaseCased =
    R"({"model_type": "distilbert", "dim": 768, "n_layers": 6, "n_heads": 12, "hidden_dim": 3072,
        "vocab_size": 28996, "max_position_embeddings": 512, "activation": "gelu"})";

constexpr std::array kModels{
    NamedModel{"biobert", "monologg/biobert_v1.1_pubmed", "BioBERT 1.1: BERT-base on PubMed abstracts",
               kBertBaseCased},
    NamedModel{"clinicalbert", "emilyalsentzer/Bio_ClinicalBERT",
               "Bio_ClinicalBERT: BioBERT on the clinical notes of MIMIC-III", kBertBaseCased},
    NamedModel{
        "distilbert", "distilbert/distilbert-base-cased",
        "DistilBERT: BERT-base distilled to half its layers; distilled biomedical encoders are of its family",
        kDistilBertBaseCased},
    NamedModel{"tiny", "", "the small CNN of the imaging benchmark: three convolutions and a classifier",
               R"({"model_type": "tiny_cnn", "dims": 2, "in_channels": 1, "num_classes": 2, "groups": 1,
                   "depthwise": false})"},
    NamedModel{"tiny3d", "", "the same with convolutions in three dimensions",
               R"({"model_type": "tiny_cnn", "dims": 3, "in_channels": 1, "num_classes": 2, "groups": 1,
                   "depthwise": false})"},
    NamedModel{"resnet18", "", "ResNet-18, as torchvision has it",
               R"({"model_type": "torchvision_resnet", "block": "basic", "layers": [2, 2, 2, 2], "dims": 2,
                   "in_channels": 3, "num_classes": 1000})"},
    NamedModel{
        "resnet50", "", "ResNet-50 v1.5, as torchvision has it",
        R"({"model_type": "torchvision_resnet", "block": "bottleneck", "layers": [3, 4, 6, 3], "dims": 2,
                   "in_channels": 3, "num_classes": 1000})"},
    NamedModel{"densenet121", "", "DenseNet-121, as torchvision has it: the backbone of CheXNet",
               R"({"model_type": "torchvision_densenet", "growth_rate": 32, "block_config": [6, 12, 24, 16],
                   "num_init_features": 64, "bn_size": 4, "dims": 2, "in_channels": 3, "num_classes": 1000})"},
    NamedModel{"unet2d", "", "nnU-Net's plain U-Net of six stages, as MONAI's DynUNet has it",
               R"({"model_type": "monai_dynunet", "dims": 2, "filters": [32, 64, 128, 256, 512, 512],
                   "in_channels": 1, "num_classes": 2})"},
    NamedModel{"unet3d", "", "the same in three dimensions: the shape of KiTS19 and BraTS",
               R"({"model_type": "monai_dynunet", "dims": 3, "filters": [32, 64, 128, 256, 320, 320],
                   "in_channels": 1, "num_classes": 2})"},
};

}  // namespace

std::span<const NamedModel> model_table() {
  return kModels;
}

const NamedModel* find_named_model(std::string_view name) {
  const auto* const found = std::find_if(kModels.begin(), kModels.end(), [&](const NamedModel& model) {
    return model.name == name || (!model.hub_id.empty() && model.hub_id == name);
  });
  return found == kModels.end() ? nullptr : found;
}

Json config_of(const NamedModel& model, const Json& otherwise) {
  Json config = parse_json(model.config, model.name);
  for (const auto& [key, value] : otherwise.items()) {
    const auto own = config.find(key);
    if (own == config.end())
      throw usage_error("{} has nothing of the kind", model.name).about(printable(key));
    const bool is_number = own->is_number_integer() && value.is_number_integer();
    if (!is_number && own->type() != value.type())
      throw usage_error("{} has {}, and cannot have {}", model.name, dump_line(*own), dump_line(value))
          .about(printable(key));
    *own = value;
  }
  return config;
}

}  // namespace medbench
