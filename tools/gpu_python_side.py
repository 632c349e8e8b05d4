#!/usr/bin/env python3
"""BERT-base of transformers in Python torch on a CUDA device: medians of device events over single passes.

Contenders: the model with scaled dot-product attention as it is, the same captured in a CUDA graph, and under
torch.compile. Shapes are given as 4x256:fp16.
"""
import argparse
import json
import sys
import time

from gpu_timing import median_ms

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("shapes", nargs="+")
parser.add_argument("--out")
parser.add_argument("--iterations", type=int, default=200)
parser.add_argument("--contenders", nargs="+", default=["eager", "cuda_graph", "compile"],
                    choices=["eager", "cuda_graph", "compile", "compile_max_autotune"])
arguments = parser.parse_args()

import torch
from transformers import BertConfig, BertModel

DTYPES = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}
torch.manual_seed(42)
base = BertModel(BertConfig(vocab_size=28996), add_pooling_layer=False).eval().cuda()
print("attention:", base.config._attn_implementation, "torch", torch.__version__, file=sys.stderr)


def captured(forward):
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        for _ in range(3):
            forward()
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        forward()
    return graph.replay


def contender(name, model, inputs):
    forward = lambda: model(**inputs)
    if name == "eager":
        return forward
    if name == "cuda_graph":
        return captured(forward)
    torch._dynamo.reset()
    mode = "reduce-overhead" if name == "compile" else "max-autotune"
    compiled = torch.compile(model, mode=mode)
    return lambda: compiled(**inputs)


rows = []
for item in arguments.shapes:
    shape, precision = item.split(":")
    batch, length = map(int, shape.split("x"))
    model = base.to(DTYPES[precision])
    ids = torch.randint(100, 28996, (batch, length), device="cuda")
    inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "token_type_ids": torch.zeros_like(ids)}
    for name in arguments.contenders:
        begin = time.time()
        try:
            with torch.inference_mode():
                value = median_ms(arguments.iterations, contender(name, model, inputs))
        except Exception as error:
            print(item, name, repr(error)[:500], flush=True)
            continue
        rows.append({"shape": shape, "precision": precision, "contender": name, "median_ms": value})
        print(f"{item:14} {name:22} {value:8.4f} ms   ({time.time() - begin:.0f} s)", flush=True)
        if arguments.out:
            with open(arguments.out, "w") as file:
                json.dump(rows, file)
    base = base.float()
