#!/usr/bin/env python3
"""Compares medbench's networks on images with torchvision's and MONAI's own, in fp32 on the CPU, and prints a table.

Each network gets random weights and statistics, which are saved under its own names and given to `medbench imaging --weights`; its
own output for the pixels that medbench made is compared with what `--save-outputs` kept. Needs a Python with torch, torchvision,
monai and safetensors. Usage: check_against_torchvision_and_monai.py [--medbench PROGRAM] [--backend NAME] [NETWORK[:SIZE]...]
"""
import argparse
import json
import pathlib
import subprocess
import tempfile

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("networks", nargs="*", help="such as resnet50 or unet3d:64; all at their usual sizes by default")
parser.add_argument("--medbench", default="build/release/bin/medbench")
parser.add_argument("--backend", default="torch")
arguments = parser.parse_args()

import safetensors.torch
import torch

import golden_from_torchvision_and_monai as originals

SETTINGS = ("block", "layers", "growth_rate", "block_config", "num_init_features", "bn_size", "filters", "dims", "groups",
            "depthwise", "in_channels", "num_classes")
table = json.loads(subprocess.run([arguments.medbench, "models", "--json"], check=True, stdout=subprocess.PIPE).stdout)
known = {row["name"]: row for row in table if "dims" in row["config"]}


def randomised(model):
    """Weights as the original initialises them; statistics and scales of normalisations that are not 0 and 1."""
    for name, tensor in model.state_dict().items():
        if tensor.dim() == 1 and tensor.is_floating_point():
            torch.nn.init.uniform_(tensor, 0.5, 1.5) if name.endswith(("weight", "running_var")) else torch.nn.init.normal_(
                tensor, std=0.1)
    return model.eval()


def compare(name, size):
    config = known[name]["config"]
    torch.manual_seed(0)
    family = getattr(originals, config["model_type"])
    model = randomised(family(**{key: config[key] for key in SETTINGS if key in config}))
    with tempfile.TemporaryDirectory() as folder:
        weights = f"{folder}/weights.safetensors"
        safetensors.torch.save_model(model, weights)
        sizes = {"height": size, "width": size, **({"depth": size} if config["dims"] == 3 else {})} if size else {}
        command = [arguments.medbench, "imaging", "--models", name, "--weights", weights, "--backend", arguments.backend,
                   "--device", "cpu", "--dtype", "fp32", "--batch", "1", "--batches", "1", "--warmup", "0", "--quiet",
                   "--save-outputs", folder, "--out", f"{folder}/out.json"]
        command += [word for key, value in sizes.items() for word in (f"--{key}", str(value))]
        subprocess.run(command, check=True)
        [file] = [path for path in pathlib.Path(folder).glob("*.safetensors") if path.name != "weights.safetensors"]
        tensors = safetensors.torch.load_file(file)
        row = json.loads(pathlib.Path(f"{folder}/out.json").read_text())
    difference, cosine = 0.0, 1.0
    for suffix in [""] + [f".{number}" for number in range(1, len(tensors) // 2)]:
        with torch.inference_mode():
            theirs = model(tensors["input" + suffix])
        ours = tensors["output" + suffix]
        difference = max(difference, (ours - theirs).abs().max().item())
        cosine = min(cosine, torch.nn.functional.cosine_similarity(ours.double().flatten(), theirs.double().flatten(), 0).item())
    largest = theirs.abs().max().item()
    shape = "x".join(str(number) for number in row["input_shape"])
    print(f"| {name} | {shape} | {row['runtime']['name']} | {difference:.2e} | {largest:.3g} | {cosine:.9f} |", flush=True)
    return difference <= 1e-4 * max(1, largest) and cosine >= 0.999999


print("| network | input | runtime | largest difference | largest number | smallest cosine |")
print("| --- | --- | --- | --- | --- | --- |")
wanted = [network.partition(":") for network in arguments.networks or known]
failed = [name for name, _, size in wanted if not compare(name, int(size or 0))]
raise SystemExit(f"differ: {', '.join(failed)}" if failed else 0)
