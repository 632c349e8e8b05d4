#!/usr/bin/env python3
"""Compares what `medbench medical --save-outputs DIR` wrote with the transformers library in fp32.

Each file holds the inputs and outputs of several sets; the model is run again on the same inputs. Printed are, for each set, for
the tokens that the attention mask shows (or the sequences, where a head has one answer for each), the largest absolute difference and the smallest cosine of a token's vector. With
--text FILE the token ids are compared with those of the library's own tokenizer as well.

Needs a Python with torch, transformers and safetensors.
"""
import argparse
import pathlib

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("model", help="the checkpoint's folder")
parser.add_argument("outputs", help="the folder given to --save-outputs")
parser.add_argument("--text", help="the file given to --text")
arguments = parser.parse_args()

import torch
import transformers
from safetensors.torch import load_file

# medbench builds these two heads, and the encoder alone for all others.
name = (transformers.AutoConfig.from_pretrained(arguments.model).architectures or [""])[0]
has_head = name.endswith(("ForSequenceClassification", "ForTokenClassification"))
kind = getattr(transformers, name) if has_head else transformers.AutoModel
model = kind.from_pretrained(arguments.model, dtype=torch.float32).eval()
lines = pathlib.Path(arguments.text).read_text().splitlines() if arguments.text else None
files = sorted(pathlib.Path(arguments.outputs).glob("*.safetensors"))
if not files:
    raise SystemExit(f"{arguments.outputs}: no *.safetensors file; run medbench with --save-outputs first")


def sets(files):
    """The sets of each file: the tensors of the first have plain names, those of the others .1, .2 ... behind."""
    for file in files:
        tensors = load_file(file)
        count = sum(name.split(".")[0] == "input_ids" for name in tensors)
        for suffix in [""] + [f".{number}" for number in range(1, count)]:
            names = [name for name in tensors if name.endswith(suffix) and ("." in name) == bool(suffix)]
            yield file, suffix, {name.removesuffix(suffix): tensors[name] for name in names}


failed = False
first = 0  # text of the set
for file, suffix, tensors in sets(files):
    ids = tensors["input_ids"]
    first = first + ids.shape[0] if suffix else 0
    with torch.inference_mode():
        found = model(**{name: tensor for name, tensor in tensors.items() if not tensor.is_floating_point()})
    ours, theirs = tensors["output"].double(), (found.logits if has_head else found.last_hidden_state).double()
    if ours.dim() == 3:  # a vector a token
        shown = tensors["attention_mask"].bool()
        ours, theirs = ours[shown], theirs[shown]
    difference = (ours - theirs).abs().max().item()
    cosine = torch.nn.functional.cosine_similarity(ours, theirs, dim=-1).min().item()
    line = f"{file.name}{suffix}: {ids.shape[0]} x {ids.shape[1]}, largest difference {difference:.2e}, smallest cosine {cosine:.9f}"
    if lines is not None:
        texts = [lines[(first + row) % len(lines)] for row in range(ids.shape[0])]
        tokenizer = transformers.AutoTokenizer.from_pretrained(arguments.model)
        encoded = tokenizer(texts, truncation=True, max_length=ids.shape[1], padding="max_length", return_tensors="pt")
        same = int((encoded["input_ids"] == ids).all(dim=1).sum())
        line += f", token ids equal on {same} of {ids.shape[0]} texts"
        failed |= same != ids.shape[0]
    print(line)
    failed |= difference > 1e-4 or cosine < 0.999999
raise SystemExit(1 if failed else 0)
