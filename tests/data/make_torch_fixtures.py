"""Writes the files of tests/data/torch with the torch that runs this, and what torch.load makes of them.

python tests/data/make_torch_fixtures.py tests/data/torch

expected.json is the same for every version: another torch that disagrees with it fails here.
"""
import collections
import json
import pathlib
import sys

import torch


def tensors():
    base = torch.arange(12, dtype=torch.float32).reshape(3, 4) / 3 - 1
    whole = torch.tensor([[0, 1, -2], [100, -128, 127]])
    state = collections.OrderedDict()
    for dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16):
        state["of_" + str(dtype)[6:]] = (whole.float() * 0.37).to(dtype)
    for dtype in (torch.int64, torch.int32, torch.int16, torch.int8):
        state["of_" + str(dtype)[6:]] = whole.to(dtype)
    state["of_uint8"] = torch.tensor([0, 1, 255], dtype=torch.uint8)
    state["of_bool"] = torch.tensor([True, False, True])
    state["scalar"] = torch.tensor(0.1)
    state["empty"] = torch.empty(0, 3)
    state["parameter"] = torch.nn.Parameter(base + 5)
    state["tied"] = state["parameter"]
    state["shared"] = base
    state["turned"] = base.t()
    state["row"] = base[1]
    state["cut"] = base[::2, 1:]
    state["permuted"] = torch.arange(24).to(torch.float16).reshape(2, 3, 4).permute(2, 0, 1)
    state["expanded"] = torch.arange(4).expand(2, 4)
    return state


def expectation(tensor):
    tensor = tensor.detach().contiguous()
    names = {"float": "F", "bfloat": "BF", "int": "I", "uint": "U"}
    name = str(tensor.dtype)[6:]
    kind = name.rstrip("0123456789")
    if tensor.dtype != torch.bool:
        name = names[kind] + name[len(kind):]
    data = bits_of(tensor) if tensor.dtype == torch.bfloat16 else tensor.numpy().tobytes()
    return {"dtype": name.upper(), "shape": list(tensor.shape), "bytes": data.hex()}


def bits_of(tensor):
    """Of bfloat16, which numpy has not: the upper half of the same float32."""
    halves = tensor.float().numpy().view("<u2").reshape(-1, 2)
    return halves[:, 1].tobytes()


class Model(torch.nn.Module):
    """A state dict with the attributes that modules give it."""

    def __init__(self, state):
        super().__init__()
        self.inner = torch.nn.Module()
        for name, tensor in state.items():
            self.inner.register_buffer(name, tensor.detach())


def save(folder, name, content, **how):
    path = folder / name
    torch.save(content, str(path), **how)
    try:
        loaded = torch.load(str(path), weights_only=False)
    except TypeError:  # of old versions, which have no such argument
        loaded = torch.load(str(path))
    for key in ("state_dict", "model_state_dict"):
        loaded = loaded.get(key, loaded)
    found = {key.split(".")[-1]: expectation(value) for key, value in loaded.items()}
    expected = folder / "expected.json"
    text = json.dumps(found, indent=0, sort_keys=True) + "\n"
    if not expected.exists():
        expected.write_text(text)
    assert expected.read_text() == text, name
    print(name, path.stat().st_size)


def main():
    folder = pathlib.Path(sys.argv[1])
    version = ".".join(torch.__version__.split("+")[0].split(".")[:2])
    state = tensors()
    model = Model(state).state_dict()
    beside = {"epoch": 3, "best": torch.tensor(0.5), "lr": 1e-3, "big": 1 << 80, "name": "x", "none": None,
              "optimizer": {"state": {0: {"step": torch.tensor(1.0), "betas": (0.9, 0.999)}}, "groups": [{"params": [0]}]}}
    save(folder, f"torch-{version}.bin", state)
    save(folder, f"torch-{version}-nested.pt", dict(beside, **{"state_dict" if version == "1.4" else "model_state_dict": model}))
    if version == "1.4":
        return
    save(folder, f"torch-{version}-protocol4.bin", model, pickle_protocol=4)
    save(folder, f"torch-{version}-legacy.bin", state, _use_new_zipfile_serialization=False)


main()
