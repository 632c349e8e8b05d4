#!/usr/bin/env python3
"""Counts the useful tokens a second of texts of different length: medbench with and without padding beside what others do.

Every round runs each contender once on the same texts in the same batches with the same threads, in alternating order:
`medbench matrix` with `--pad longest` and `--pad none`, CTranslate2 (whose encoder leaves padding out), transformers (sdpa,
padded to the longest text of the batch), and a packed pass of PyTorch's own pieces (oneDNN's packed linear layers, one scaled
dot product for each run of texts of equal length). A batch counts with the median of its passes; a rate is the useful tokens
of all batches over the sum of these. With --int8 also medbench's and CTranslate2's dynamic int8. Printed are the rates of each
round and, over rounds, the median of the ratios to medbench without padding; and the smallest cosine of a text's tokens
against transformers.

The model is a folder of a BERT with its tokenizer; with --bert-base a BERT-base of random weights is made that uses the same
tokenizer. Needs a Python with torch 2.11, transformers and ctranslate2, and a built medbench (`make build`).
Example: compare_unpadded_with_python.py MODEL --texts 32 200 --rounds 5
"""
import argparse
import collections
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
WARMUP = 2

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("model", help="folder of a BERT with its tokenizer")
parser.add_argument("--medbench", default="build/release/bin/medbench")
parser.add_argument("--text", default=ROOT / "datasets/clinical_sentences.txt", help="file with one text a line")
parser.add_argument("--texts", type=int, nargs="+", default=[32, 200], help="how many of them, each number a table of its own")
parser.add_argument("--batch-size", type=int, help="texts a batch; all in one unless given")
parser.add_argument("--seq-length", type=int, default=128, help="texts are cut to it")
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--iterations", type=int, default=10, help="passes over each batch in a round")
parser.add_argument("--threads", type=int, default=os.cpu_count())
parser.add_argument("--bert-base", action="store_true")
parser.add_argument("--int8", action="store_true")
parser.add_argument("--without", nargs="+", default=[], help="contenders to leave out, by the beginning of their name")
arguments = parser.parse_args()

import ctranslate2
import torch
import transformers
from transformers import AutoTokenizer, BertConfig, BertModel

transformers.logging.set_verbosity_error()
torch.set_num_threads(arguments.threads)
torch.manual_seed(42)
scratch = pathlib.Path(tempfile.mkdtemp())
folder = pathlib.Path(arguments.model)
if arguments.bert_base:
    folder = scratch / "bert-base"
    BertModel(BertConfig(), add_pooling_layer=False).save_pretrained(folder)
    for file in ("vocab.txt", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
        shutil.copy(pathlib.Path(arguments.model) / file, folder)

tokenizer = AutoTokenizer.from_pretrained(folder)
model = BertModel.from_pretrained(folder, add_pooling_layer=False, dtype=torch.float32, attn_implementation="sdpa").eval()


def batches_of(texts):
    ids = tokenizer(texts, truncation=True, max_length=arguments.seq_length)["input_ids"]
    size = arguments.batch_size or len(ids)
    return [ids[i:i + size] for i in range(0, len(ids), size)]


def seconds(call):
    """The median of the passes of one round."""
    samples = []
    for _ in range(WARMUP + arguments.iterations):
        begin = time.perf_counter()
        call()
        samples.append(time.perf_counter() - begin)
    return statistics.median(samples[WARMUP:])


def rate(batches, forward):
    useful = sum(len(ids) for batch in batches for ids in batch)
    return useful / sum(seconds(lambda: forward(batch)) for batch in batches)


def padded_inputs(batch):
    longest = max(map(len, batch))
    ids = torch.tensor([text + [tokenizer.pad_token_id] * (longest - len(text)) for text in batch])
    mask = torch.tensor([[1] * len(text) + [0] * (longest - len(text)) for text in batch])
    return {"input_ids": ids, "attention_mask": mask}


class Transformers:
    def __init__(self, batches):
        self.inputs = {id(batch): padded_inputs(batch) for batch in batches}

    def __call__(self, batch):
        with torch.inference_mode():
            return model(**self.inputs[id(batch)]).last_hidden_state


class Packed:
    """The same model on tokens without padding."""

    def __init__(self, batches):
        self.rows = max(sum(map(len, batch)) for batch in batches)
        with torch.inference_mode():
            self.layers = [self.layer(layer) for layer in model.encoder.layer]
        self.inputs = {id(batch): (torch.tensor([token for text in batch for token in text]),
                                   torch.tensor([i for text in batch for i in range(len(text))])) for batch in batches}

    def linear(self, *parts):
        weight = torch.cat([part.weight for part in parts])
        return torch.ops.mkldnn._reorder_linear_weight(weight, self.rows), torch.cat([part.bias for part in parts])

    def layer(self, layer):
        own = layer.attention.self
        return {"qkv": self.linear(own.query, own.key, own.value), "attended": self.linear(layer.attention.output.dense),
                "norm": layer.attention.output.LayerNorm, "wide": self.linear(layer.intermediate.dense),
                "narrow": self.linear(layer.output.dense), "end": layer.output.LayerNorm}

    def attend(self, qkv, groups):
        heads = model.config.num_attention_heads
        q, k, v = qkv.view(qkv.size(0), 3, heads, -1).unbind(1)
        parts = []
        for begin, texts, length in groups:
            split = lambda x: x[begin:begin + texts * length].view(texts, length, heads, -1).transpose(1, 2)
            parts.append(torch.nn.functional.scaled_dot_product_attention(split(q), split(k), split(v)).transpose(1, 2).flatten(0, 1))
        return torch.cat(parts).flatten(1)

    def __call__(self, batch):
        groups = []
        begin = 0
        for text in batch:
            if groups and groups[-1][2] == len(text):
                groups[-1][1] += 1
            else:
                groups.append([begin, 1, len(text)])
            begin += len(text)
        pointwise = torch.ops.mkldnn._linear_pointwise
        with torch.inference_mode():
            ids, positions = self.inputs[id(batch)]
            embeddings = model.embeddings
            x = embeddings.LayerNorm(embeddings.word_embeddings(ids) + embeddings.token_type_embeddings.weight[0] +
                                     embeddings.position_embeddings(positions))
            for layer in self.layers:
                context = self.attend(pointwise(x, *layer["qkv"], "none", [], ""), groups)
                x = layer["norm"](pointwise.binary(context, x, *layer["attended"], "add"))
                wide = pointwise(x, *layer["wide"], "gelu", [], "none")
                x = layer["end"](pointwise.binary(wide, x, *layer["narrow"], "add"))
            return x


def ctranslate2_encoder(compute_type):
    place = scratch / "ctranslate2"
    if not place.exists():
        ctranslate2.converters.TransformersConverter(str(folder)).convert(str(place))
    encoder = ctranslate2.Encoder(str(place), device="cpu", compute_type=compute_type, inter_threads=1, intra_threads=arguments.threads)
    return lambda batch: encoder.forward_batch(batch).last_hidden_state


def medbench_rate(file, texts, pad, int8=False):
    size = arguments.batch_size or texts
    words = ["matrix", "--backend", "torch", "--device", "cpu", "--models", str(folder), "--text", str(file), "--pad", pad,
             "--batch-size", str(size), "--seq-length", str(arguments.seq_length), "--precision", "fp32",
             "--threads", str(arguments.threads), "--iters", str(arguments.iterations), "--warmup", str(WARMUP),
             "--output-root", str(scratch / "results"), "--quiet", "--json", *(["--int8"] if int8 else [])]
    rows = json.loads(subprocess.run([arguments.medbench, *words], check=True, stdout=subprocess.PIPE).stdout)
    row = next(row for row in rows if row["precision"] == ("int8" if int8 else "fp32"))
    return row["useful_tokens_per_second"]


def medbench_cosine(batches, file, texts):
    """The smallest over texts, of the first batches that medbench runs."""
    from safetensors.torch import load_file
    outputs = scratch / "outputs"
    subprocess.run([arguments.medbench, "matrix", "--backend", "torch", "--device", "cpu", "--models", str(folder), "--text", str(file),
                    "--pad", "none", "--batch-size", str(arguments.batch_size or texts), "--seq-length", str(arguments.seq_length),
                    "--precision", "fp32", "--iters", "1", "--warmup", "0", "--save-outputs", str(outputs),
                    "--output-root", str(scratch / "results"), "--quiet"], check=True, stdout=subprocess.DEVNULL)
    saved = load_file(next(outputs.glob("*.safetensors")))
    theirs = Transformers(batches)
    least = 1.0
    for index, batch in enumerate(batches):
        name = "output" if index == 0 else f"output.{index}"
        if name not in saved:
            break
        expected = theirs(batch)
        begin = 0
        for row, text in enumerate(batch):
            ours = saved[name][begin:begin + len(text)].double().flatten()
            wanted = expected[row, :len(text)].double().flatten()
            least = min(least, torch.nn.functional.cosine_similarity(ours, wanted, dim=0).item())
            begin += len(text)
    return least


def compare(count):
    texts = [line for line in pathlib.Path(arguments.text).read_text(encoding="utf-8").splitlines() if line.strip()][:count]
    file = scratch / f"{len(texts)}.txt"
    file.write_text("\n".join(texts) + "\n", encoding="utf-8")
    batches = batches_of(texts)
    useful = sum(len(ids) for batch in batches for ids in batch)
    padded = sum(len(batch) * max(map(len, batch)) for batch in batches)
    contenders = {"medbench none": lambda: medbench_rate(file, len(texts), "none"),
                  "medbench longest": lambda: medbench_rate(file, len(texts), "longest"),
                  "ctranslate2": lambda call=ctranslate2_encoder("float32"): rate(batches, call),
                  "transformers": lambda call=Transformers(batches): rate(batches, call),
                  "torch packed": lambda call=Packed(batches): rate(batches, call)}
    if arguments.int8:
        contenders |= {"medbench none int8": lambda: medbench_rate(file, len(texts), "none", int8=True),
                       "ctranslate2 int8": lambda call=ctranslate2_encoder("int8"): rate(batches, call)}
    contenders = {name: call for name, call in contenders.items() if not any(name.startswith(left) for left in arguments.without)}
    rates = collections.defaultdict(list)
    for index in range(arguments.rounds):
        for name in list(contenders) if index % 2 == 0 else list(contenders)[::-1]:
            rates[name].append(contenders[name]())
    print(f"{folder.name}, {len(texts)} texts, {useful} tokens, {1 - useful / padded:.0%} padding, {arguments.threads} threads; "
          f"smallest cosine {medbench_cosine(batches, file, len(texts)):.9f}")
    for name, values in rates.items():
        ours = rates["medbench none int8" if "int8" in name else "medbench none"]
        ratio = statistics.median(mine / theirs for mine, theirs in zip(ours, values))
        print(f"  {name:18} {' '.join(f'{value:6.0f}' for value in values)} useful tokens/s   best {max(values):6.0f}   "
              f"medbench none / this: median {ratio:.2f}, of the best rounds {max(ours) / max(values):.2f}", flush=True)


try:
    for number in arguments.texts:
        compare(number)
finally:
    shutil.rmtree(scratch)
