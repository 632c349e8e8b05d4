#!/usr/bin/env python3
"""Prints the rows that gpu-table measured, with the parity of each row's outputs with the reference's."""
import glob
import json
import os
import sys

import torch
from safetensors.torch import load_file

folder, work = sys.argv[1:]
MISSING = float("nan")


def parity(name):
    shape = name.split("-")[1]
    try:
        ours, theirs = (load_file(glob.glob(f"{work}/{which}/*.safetensors")[0]) for which in (name, f"reference-{shape}"))
        assert torch.equal(ours["input_ids"], theirs["input_ids"])
        a, b = ours["output"].double(), theirs["output"].double()
        return f"{1 - torch.cosine_similarity(a.flatten(), b.flatten(), dim=0).item():.1e} {(a - b).abs().max().item():.1e}"
    except Exception as error:
        return f"no parity: {error!r}"[:80]


def print_row(name, row):
    if row["status"] != "ok":
        print(name, row["status"], row.get("error"))
        return
    device = (row.get("device_latency_ms") or {}).get("p50") or MISSING
    backend = row["details"]["backend"]
    numbers = (device, row["latency_ms"]["p50"], row.get("mfu") or MISSING, (row.get("peak_gflops") or MISSING) / 1e3,
               row.get("gpu_energy_mj_per_iteration") or MISSING, row["memory_usage_mb"].get("gpu_allocated_peak_mb", MISSING))
    print(f"{name:32} {numbers[0]:8.4f} {numbers[1]:8.4f} {numbers[2]:6.3f} {numbers[3]:6.1f} {numbers[4]:8.0f} {numbers[5]:6.0f} "
          f"{row['effective_precision']:>9}  {parity(name)}  {backend.get('cuda_graph', '')} {backend.get('attention', '')} {backend.get('form', '')} "
          f"{[w['kind'] for w in row['warnings']]}")


print("row, event ms, host ms, mfu, peak TFLOP/s, mJ, allocated MiB, ran, 1 - cosine and largest difference to CPU fp32, graph, "
      "attention, warnings")
for path in sorted(path for kind in ("torch", "pjrt", "onnxruntime") for path in glob.glob(f"{folder}/{kind}-*.json")):
    name = os.path.basename(path)[:-5]
    try:
        print_row(name, json.load(open(path))[0])
    except Exception as error:
        print(name, "unreadable", repr(error))
if os.path.exists(folder + "/python.json"):
    for row in json.load(open(folder + "/python.json")):
        print(f"python-{row['shape']}-{row['precision']}-{row['contender']:20} {row['median_ms']:9.4f}")
