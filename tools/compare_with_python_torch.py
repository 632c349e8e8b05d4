#!/usr/bin/env python3
"""Times medbench's torch backend beside transformers in Python torch, interleaved on one machine.

Every round measures each contender once for each shape: the transformers model with scaled dot-product attention, the
same under torch.compile with freezing and max-autotune, and `medbench medical`. Rounds alternate the order, so that
drift and other load hit all alike. Printed are the medians of each round and, over rounds, the median of the ratios.

Needs a Python with torch 2.11 and transformers, and a built medbench (`make build`).
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--medbench", default="build/release/bin/medbench")
parser.add_argument("--shapes", nargs="+", default=["1x128", "4x256"], help="batch x sequence length")
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--iterations", type=int, default=10, help="of each contender in each round")
parser.add_argument("--threads", type=int, default=os.cpu_count())
parser.add_argument("--no-compile", action="store_true", help="leave torch.compile out")
arguments = parser.parse_args()

import torch
import torch._inductor.config as inductor
from transformers import BertConfig, BertModel

WARMUP = 3
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
    samples = []
    with torch.inference_mode():
        for _ in range(arguments.iterations + WARMUP):
            begin = time.perf_counter()
            forward(**inputs)
            samples.append((time.perf_counter() - begin) * 1e3)
    return statistics.median(samples[WARMUP:])


def compiled_for(inputs):
    inductor.freezing = True
    torch._dynamo.reset()
    forward = torch.compile(model, mode="max-autotune-no-cudagraphs")
    with torch.inference_mode():
        forward(**inputs)
    return forward


def medbench_median_ms(shape):
    batch, length = shape.split("x")
    with tempfile.TemporaryDirectory() as folder:
        command = [arguments.medbench, "medical", "--model", "biobert", "--device", "cpu", "--quiet", "--json",
                   "--threads", str(arguments.threads), "--batch-sizes", batch, "--seq-lengths", length,
                   "--num-iterations", str(arguments.iterations), "--warmup-iterations", str(WARMUP),
                   "--output-dir", folder]
        rows = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        return rows[0]["latency_ms"]["p50"]


for shape in arguments.shapes:
    inputs = inputs_of(shape)
    contenders = {"transformers sdpa": lambda: python_median_ms(model, inputs)}
    if not arguments.no_compile:
        compiled = compiled_for(inputs)
        contenders["torch.compile"] = lambda: python_median_ms(compiled, inputs)
    contenders["medbench"] = lambda: medbench_median_ms(shape)
    medians = {name: [] for name in contenders}
    for index in range(arguments.rounds):
        names = list(contenders) if index % 2 == 0 else list(contenders)[::-1]
        for name in names:
            medians[name].append(contenders[name]())
    print(f"{shape}, {arguments.threads} threads, {arguments.iterations} iterations a round")
    for name, values in medians.items():
        ratios = [ours / theirs for ours, theirs in zip(medians["medbench"], values)]
        rounds = " ".join(f"{value:8.1f}" for value in values)
        print(f"  {name:18} {rounds} ms   best {min(values):8.1f}   medbench / this: "
              f"median {statistics.median(ratios):.2f}, of the best rounds {min(medians['medbench']) / min(values):.2f}",
              flush=True)
