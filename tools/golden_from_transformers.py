#!/usr/bin/env python3
"""Prints tests/golden/<family>_transformers.json: what transformers' own tiny models give, for weights and inputs that
follow a formula, so that only outputs are stored. Usage: golden_from_transformers.py bert|distilbert > the file."""
import json
import sys

import torch
import transformers

LABELS = {str(i): f"LABEL_{i}" for i in range(3)}
COMMON = {"vocab_size": 37, "max_position_embeddings": 16, "id2label": LABELS}


def bert(heads, activation):
    return {"model_type": "bert", "hidden_size": 12, "num_hidden_layers": 2, "num_attention_heads": heads,
            "intermediate_size": 20, "type_vocab_size": 2, "hidden_act": activation, "layer_norm_eps": 1e-12, **COMMON}


def distilbert(heads, activation, sinusoidal=False):
    return {"model_type": "distilbert", "dim": 12, "n_layers": 2, "n_heads": heads, "hidden_dim": 20,
            "activation": activation, "sinusoidal_pos_embds": sinusoidal, **COMMON}


# Of each family: title, class, configuration, shape of the input, mask (0: padding).
PADDED, FULL = [1, 1, 1, 1, 1, 1, 1, 1, 0, 0], None
CASES = {
    "bert": [
        ("gelu, padded", "BertModel", bert(2, "gelu"), (2, 5), PADDED),
        ("gelu_new, three heads", "BertModel", bert(3, "gelu_new"), (1, 4), FULL),
        ("relu", "BertForSequenceClassification", bert(2, "relu"), (2, 3), [1, 1, 0, 1, 1, 1]),
        ("gelu", "BertForTokenClassification", bert(4, "gelu"), (2, 4), [1, 0, 0, 0, 1, 1, 1, 1]),
    ],
    "distilbert": [
        ("gelu, padded", "DistilBertModel", distilbert(2, "gelu"), (2, 5), PADDED),
        ("relu, three heads, sinusoidal", "DistilBertModel", distilbert(3, "relu", True), (1, 4), FULL),
        ("gelu, padded", "DistilBertForSequenceClassification", distilbert(2, "gelu"), (2, 3), [1, 1, 0, 1, 1, 1]),
        ("gelu, padded", "DistilBertForTokenClassification", distilbert(4, "gelu"), (2, 4), [1, 0, 0, 0, 1, 1, 1, 1]),
    ],
}


def formula(name, shape):
    """Whole numbers by name and index, scaled to [-0.5, 0.5); scales of normalisations lie around 1."""
    base = len(name) * 104729 + 31 * sum(name.encode())
    steps = (torch.arange(shape.numel(), dtype=torch.int64) * 7919 + base) % 1009
    middle = 1 if name.endswith(("LayerNorm.weight", "layer_norm.weight")) else 0
    return (steps.double() / 1009 - 0.5 + middle).float().reshape(shape)


def stored(tensor):
    return {"shape": list(tensor.shape), "values": [float(f"{value:.7g}") for value in tensor.flatten().tolist()]}


def case(family, title, class_name, config, shape, mask):
    model = getattr(transformers, class_name)(transformers.AutoConfig.for_model(**config)).eval()
    # Parameters are named without the prefix of the family.
    state = {name: formula(name.removeprefix(family + "."), tensor.shape) for name, tensor in model.state_dict().items()}
    model.load_state_dict(state)
    count = shape[0] * shape[1]
    inputs = {"input_ids": [i * 17 % 37 for i in range(count)], "attention_mask": mask or [1] * count}
    if family == "bert":
        inputs["token_type_ids"] = [i // 3 % 2 for i in range(count)]
    with torch.no_grad():
        found = model(**{name: torch.tensor(values).reshape(shape) for name, values in inputs.items()})
    outputs = {"output": stored(found.logits if "logits" in found else found.last_hidden_state)}
    if "pooler_output" in found:
        outputs["pooler_output"] = stored(found.pooler_output)
    return {"name": f"{class_name}, {title}", "config": {"architectures": [class_name], **config}, "batch": shape[0],
            "seq": shape[1], "inputs": inputs, "outputs": outputs}


family = sys.argv[1]
made_with = f"transformers {transformers.__version__}, torch {torch.__version__}, fp32, sdpa"
lines = [json.dumps(case(family, *row)) for row in CASES[family]]
print(f'{{\n  "made_with": "{made_with}",\n  "cases": [\n    ' + ",\n    ".join(lines) + "\n  ]\n}")
