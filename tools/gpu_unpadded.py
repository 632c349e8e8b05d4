#!/usr/bin/env python3
"""BERT-base on texts of different length on a CUDA device: medbench with and without padding beside Python torch.

Writes a file of texts of the given lengths for each case, and runs on it, one after the other: `medbench matrix` on a backend with
--pad longest and with --pad none, and a BERT-base of Python torch over the packed tokens (varlen flash attention), as it is,
captured in a CUDA graph, and under torch.compile. Printed are medians of device events over single passes, in ms.

A case is TEXTS:LONGEST:TOKENS, for example 32:512:8557. VOCAB is a vocab.txt of an uncased BERT. Weights are random. Needs a python3
with torch and transformers.
  gpu_unpadded.py VOCAB --medbench .gpu/bin/medbench --cases 32:512:8557 32:128:1369 8:512:2496
"""
import argparse
import json
import math
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

from gpu_timing import WARMUP, median_ms

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("vocab")
parser.add_argument("--medbench", default="build/release/bin/medbench")
parser.add_argument("--backend", default="torch", choices=["torch", "onnxruntime"])
parser.add_argument("--cases", nargs="+", default=["32:512:8557", "32:128:1369", "8:512:2496"])
parser.add_argument("--dtypes", nargs="+", default=["fp16"], choices=["fp16", "bf16", "fp32"])
parser.add_argument("--iterations", type=int, default=200)
parser.add_argument("--rounds", type=int, default=2)
parser.add_argument("--without-python", action="store_true")
parser.add_argument("--keep", type=pathlib.Path, help="folder for medbench's results")
arguments = parser.parse_args()

WORDS = "the patient was seen with pain and fever in the left lung after heart surgery no other change found".split()
HIDDEN, HEADS, LAYERS, INTERMEDIATE, VOCABULARY, POSITIONS = 768, 12, 12, 3072, 30522, 512
scratch = pathlib.Path(tempfile.mkdtemp())


def lengths_of(texts, longest, tokens):
    """Random ones of that sum, the longest among them."""
    draw = random.Random(42)
    lengths = [longest] + [draw.uniform(0.1, 0.9) for _ in range(texts - 1)]
    rest = tokens - longest
    share = sum(lengths[1:])
    lengths[1:] = [max(3, min(longest, math.floor(length / share * rest))) for length in lengths[1:]]
    place = 0
    while sum(lengths) < tokens:
        place = place % (texts - 1) + 1
        lengths[place] += lengths[place] < longest
    draw.shuffle(lengths)
    return lengths


def write_texts(path, lengths):
    path.write_text("".join(" ".join(WORDS[i % len(WORDS)] for i in range(length - 2)) + "\n" for length in lengths))


def model_folder():
    from transformers import BertConfig, BertModel
    folder = scratch / "bert-base"
    BertModel(BertConfig(), add_pooling_layer=False).save_pretrained(folder)
    shutil.copy(arguments.vocab, folder / "vocab.txt")
    (folder / "tokenizer_config.json").write_text('{"do_lower_case": true}')
    return folder


def medbench(folder, texts, lengths, dtype, padding, name):
    """Median in ms, and the row."""
    out = (arguments.keep or scratch) / name
    command = [arguments.medbench, "matrix", "--models", str(folder), "--backend", arguments.backend, "--device", "cuda", "--precision", dtype,
               "--text", str(texts), "--pad", padding, "--batch-size", str(len(lengths)), "--seq-length", str(max(lengths)),
               "--iters", str(arguments.iterations), "--warmup", str(WARMUP), "--acc-check", "--output-dir", str(out)]
    done = subprocess.run(command, capture_output=True, text=True)
    files = [json.loads(file.read_text()) for file in sorted(out.glob("*.json"))]
    rows = [row for row in files if isinstance(row, dict) and "latency_ms" in row]
    if not rows or rows[0]["status"] != "ok":
        print(name, done.stdout[-1500:], done.stderr[-1500:], file=sys.stderr)
        return None, {}
    return rows[0]["latency_ms"]["p50"], rows[0]


def packed_bert(dtype):
    import torch
    from torch import nn
    from torch.nn import functional as F

    class Layer(nn.Module):
        def __init__(self):
            super().__init__()
            self.qkv = nn.Linear(HIDDEN, 3 * HIDDEN)
            self.out, self.up, self.down = nn.Linear(HIDDEN, HIDDEN), nn.Linear(HIDDEN, INTERMEDIATE), nn.Linear(INTERMEDIATE, HIDDEN)
            self.first, self.second = nn.LayerNorm(HIDDEN, 1e-12), nn.LayerNorm(HIDDEN, 1e-12)

        def forward(self, x, offsets, longest):
            q, k, v = self.qkv(x).view(-1, 3, HEADS, HIDDEN // HEADS).unbind(1)
            y = torch.ops.aten._flash_attention_forward(q, k, v, offsets, offsets, longest, longest, 0.0, False, False)[0]
            x = self.first(x + self.out(y.reshape(-1, HIDDEN)))
            return self.second(x + self.down(F.gelu(self.up(x))))

    class Bert(nn.Module):
        def __init__(self):
            super().__init__()
            self.words, self.positions, self.types = nn.Embedding(VOCABULARY, HIDDEN), nn.Embedding(POSITIONS, HIDDEN), nn.Embedding(2, HIDDEN)
            self.norm = nn.LayerNorm(HIDDEN, 1e-12)
            self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))

        def forward(self, ids, positions, types, offsets, longest):
            x = self.norm(self.words(ids) + self.positions(positions) + self.types(types))
            for layer in self.layers:
                x = layer(x, offsets, longest)
            return x

    torch.manual_seed(42)
    return Bert().eval().cuda().to({"fp16": torch.float16, "bf16": torch.bfloat16, "fp32": torch.float32}[dtype])


def python_passes(lengths, dtype):
    """Contenders by name."""
    import torch
    torch._dynamo.reset()
    model = packed_bert(dtype)
    tokens = sum(lengths)
    ids = torch.randint(1000, 20000, (tokens,), device="cuda")
    positions = torch.cat([torch.arange(length) for length in lengths]).cuda()
    offsets = torch.tensor([0] + lengths).cumsum(0).int().cuda()
    inputs = (ids, positions, torch.zeros_like(ids), offsets, max(lengths))
    stream = torch.cuda.Stream()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.stream(stream):
        for _ in range(3):
            model(*inputs)
    torch.cuda.synchronize()
    with torch.cuda.graph(graph):
        model(*inputs)
    compiled = torch.compile(model, mode="reduce-overhead", fullgraph=True)
    return {"eager": lambda: model(*inputs), "cuda_graph": graph.replay, "compile": lambda: compiled(*inputs)}


def main():
    folder = model_folder()
    names = ["medbench longest", "medbench none"] + ([] if arguments.without_python else ["eager", "cuda_graph", "compile"])
    print("| texts, longest, tokens, precision | " + " | ".join(names) + " | none / best of Python | mfu of none | cosine |")
    for case in arguments.cases:
        texts, longest, tokens = map(int, case.split(":"))
        lengths = lengths_of(texts, longest, tokens)
        file = scratch / f"texts-{texts}-{tokens}.txt"
        write_texts(file, lengths)
        for dtype in arguments.dtypes:
            best, none = {}, {}
            passes = {}
            if not arguments.without_python:
                import torch
                with torch.inference_mode():
                    passes = python_passes(lengths, dtype)
            for number in range(arguments.rounds):
                for padding in ("longest", "none"):
                    ms, row = medbench(folder, file, lengths, dtype, padding, f"{texts}-{tokens}-{dtype}-{padding}-{number}")
                    none = row if padding == "none" else none
                    if ms:
                        best["medbench " + padding] = min(ms, best.get("medbench " + padding, math.inf))
                for name, run in passes.items():
                    import torch
                    with torch.inference_mode():
                        best[name] = min(median_ms(arguments.iterations, run), best.get(name, math.inf))
            python = min((best[name] for name in passes), default=math.nan)
            print(f"| {texts}, {longest}, {tokens}, {dtype} | " + " | ".join(f"{best.get(name, math.nan):.3f}" for name in names) +
                  f" | {best.get('medbench none', math.nan) / python:.3f} | {none.get('mfu') or math.nan:.3f} | {none.get('acc_cosine') or math.nan:.6f} |",
                  flush=True)


main()
