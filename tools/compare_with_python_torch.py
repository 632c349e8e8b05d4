#!/usr/bin/env python3
"""Times medbench's torch backend beside transformers in Python torch, interleaved on one machine.

Every round measures each contender once for each shape: the transformers model with scaled dot-product attention, the
same under torch.compile with freezing and max-autotune, and `medbench matrix`; with --int8 also torch's own dynamic
quantisation, and medbench's int8 row. Rounds alternate the order, so that drift and other load hit all alike. Printed are
the medians of each round and, over rounds, the median of the ratios.

Needs a Python with torch 2.11 and transformers, and a built medbench (`make build`).
"""
from comparison import compare, make_parser, median_ms, medbench_medians

parser = make_parser(__doc__)
parser.add_argument("--no-compile", action="store_true", help="leave torch.compile out")
parser.add_argument("--int8", action="store_true")
arguments = parser.parse_args()

import torch
import torch._inductor.config as inductor
from transformers import BertConfig, BertModel

torch.set_num_threads(arguments.threads)
torch.manual_seed(42)
# BERT-base-cased, the architecture of biobert.
model = BertModel(BertConfig(vocab_size=28996), add_pooling_layer=False).eval()
assert model.config._attn_implementation == "sdpa"


def inputs_of(shape):
    batch, length = map(int, shape.split("x"))
    ids = torch.randint(100, 28996, (batch, length))
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids), "token_type_ids": torch.zeros_like(ids)}


def python_median_ms(forward, inputs):
    with torch.inference_mode():
        return median_ms(arguments, lambda: forward(**inputs))


def compiled_for(inputs):
    inductor.freezing = True
    torch._dynamo.reset()
    forward = torch.compile(model, mode="max-autotune-no-cudagraphs")
    with torch.inference_mode():
        forward(**inputs)
    return forward


# A copy: the model itself stays as it is.
quantised = torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear}, torch.qint8) if arguments.int8 else None

for shape in arguments.shapes:
    inputs = inputs_of(shape)
    contenders = [lambda: {"transformers sdpa": python_median_ms(model, inputs)}]
    if not arguments.no_compile:
        compiled = compiled_for(inputs)
        contenders.append(lambda: {"torch.compile": python_median_ms(compiled, inputs)})
    if quantised is not None:
        contenders.append(lambda: {"torch int8": python_median_ms(quantised, inputs)})
    contenders.append(lambda: medbench_medians(arguments, "torch", shape))
    compare(arguments, shape, contenders)
