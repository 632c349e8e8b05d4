#!/usr/bin/env python3
"""Compares what `medbench medical --save-outputs DIR` wrote with the transformers library in fp32.

Each file holds the inputs of one forward pass and its output; the model is run again on the same inputs. Printed are, for
the tokens that the attention mask shows, the largest absolute difference and the smallest cosine of a token's vector. With
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
from safetensors.torch import load_file
from transformers import AutoModel, AutoTokenizer

model = AutoModel.from_pretrained(arguments.model, add_pooling_layer=False, dtype=torch.float32).eval()
lines = pathlib.Path(arguments.text).read_text().splitlines() if arguments.text else None
files = sorted(pathlib.Path(arguments.outputs).glob("*.safetensors"))
if not files:
    raise SystemExit(f"{arguments.outputs}: no *.safetensors file; run medbench with --save-outputs first")
failed = False
for file in files:
    tensors = load_file(file)
    ids, mask = tensors["input_ids"], tensors["attention_mask"]
    with torch.inference_mode():
        expected = model(input_ids=ids, attention_mask=mask, token_type_ids=tensors["token_type_ids"]).last_hidden_state
    shown = mask.bool()
    ours, theirs = tensors["output"][shown].double(), expected[shown].double()
    difference = (ours - theirs).abs().max().item()
    cosine = torch.nn.functional.cosine_similarity(ours, theirs, dim=-1).min().item()
    line = f"{file.name}: {ids.shape[0]} x {ids.shape[1]}, largest difference {difference:.2e}, smallest cosine {cosine:.9f}"
    if lines is not None:
        texts = [lines[row % len(lines)] for row in range(ids.shape[0])]
        tokenizer = AutoTokenizer.from_pretrained(arguments.model)
        encoded = tokenizer(texts, truncation=True, max_length=ids.shape[1], padding="max_length", return_tensors="pt")
        same = int((encoded["input_ids"] == ids).all(dim=1).sum())
        line += f", token ids equal on {same} of {ids.shape[0]} texts"
        failed |= same != ids.shape[0]
    print(line)
    failed |= difference > 1e-4 or cosine < 0.999999
raise SystemExit(1 if failed else 0)
