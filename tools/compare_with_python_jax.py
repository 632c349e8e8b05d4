#!/usr/bin/env python3
"""Times medbench's pjrt row beside jax.jit of the same model: BERT-base in fp32 on the CPU, random weights and ids.

Rounds alternate the order, so that drift and other load hit both alike. XLA's pools have the size of NPROC in both.

Needs a Python with jax, and a built medbench.
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
arguments = parser.parse_args()
os.environ["NPROC"] = str(arguments.threads)
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp

WARMUP = 3
LAYERS, HEADS, HIDDEN, INNER, WORDS, POSITIONS = 12, 12, 768, 3072, 28996, 512


def make_weights():
    keys = iter(jax.random.split(jax.random.key(42), 8 * LAYERS + 8))
    normal = lambda *shape: 0.02 * jax.random.normal(next(keys), shape, jnp.float32)
    linear = lambda inputs, outputs: (normal(inputs, outputs), jnp.zeros(outputs))
    norm = lambda: (jnp.ones(HIDDEN), jnp.zeros(HIDDEN))
    layer = lambda: {"qkv": linear(HIDDEN, 3 * HIDDEN), "out": linear(HIDDEN, HIDDEN), "norm1": norm(),
                     "up": linear(HIDDEN, INNER), "down": linear(INNER, HIDDEN), "norm2": norm()}
    return {"words": normal(WORDS, HIDDEN), "positions": normal(POSITIONS, HIDDEN), "types": normal(2, HIDDEN), "norm": norm(),
            "layers": [layer() for _ in range(LAYERS)]}


def linear(x, parameters):
    return x @ parameters[0] + parameters[1]


def layer_norm(x, parameters):
    mean = x.mean(-1, keepdims=True)
    variance = jnp.square(x - mean).mean(-1, keepdims=True)
    return (x - mean) * jax.lax.rsqrt(variance + 1e-12) * parameters[0] + parameters[1]


@jax.jit
def forward(weights, ids, mask, types):
    batch, length = ids.shape
    x = weights["words"][ids] + weights["positions"][:length] + weights["types"][types]
    x = layer_norm(x, weights["norm"])
    hidden = jnp.where(mask[:, None, None, :] != 0, 0.0, -jnp.inf)
    heads = lambda value: value.reshape(batch, length, HEADS, -1).transpose(0, 2, 1, 3)
    for layer in weights["layers"]:
        query, key, value = map(heads, jnp.split(linear(x, layer["qkv"]), 3, -1))
        scores = query @ key.swapaxes(-1, -2) / (HIDDEN // HEADS) ** 0.5 + hidden
        context = (jax.nn.softmax(scores) @ value).transpose(0, 2, 1, 3).reshape(batch, length, HIDDEN)
        x = layer_norm(x + linear(context, layer["out"]), layer["norm1"])
        x = layer_norm(x + linear(jax.nn.gelu(linear(x, layer["up"]), approximate=False), layer["down"]), layer["norm2"])
    return x


def jax_median(weights, shape):
    batch, length = map(int, shape.split("x"))
    ids = jax.random.randint(jax.random.key(1), (batch, length), 100, WORDS)
    mask, types = jnp.ones_like(ids), jnp.zeros_like(ids)
    samples = []
    for _ in range(arguments.iterations + WARMUP):
        begin = time.perf_counter()
        forward(weights, ids, mask, types).block_until_ready()
        samples.append((time.perf_counter() - begin) * 1e3)
    return statistics.median(samples[WARMUP:])


def medbench_median(shape):
    batch, length = shape.split("x")
    with tempfile.TemporaryDirectory() as output:
        command = [arguments.medbench, "medical", "--backend", "pjrt", "--model", "biobert", "--device", "cpu", "--quiet", "--json",
                   "--threads", str(arguments.threads), "--batch-sizes", batch, "--seq-lengths", length, "--num-iterations",
                   str(arguments.iterations), "--warmup-iterations", str(WARMUP), "--output-dir", output]
        rows = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        return rows[0]["latency_ms"]["p50"]


weights = make_weights()
for shape in arguments.shapes:
    contenders = {"jax.jit": lambda: jax_median(weights, shape), "medbench pjrt": lambda: medbench_median(shape)}
    medians = {name: [] for name in contenders}
    for index in range(arguments.rounds):
        for name in list(contenders) if index % 2 == 0 else list(contenders)[::-1]:
            medians[name].append(contenders[name]())
    print(f"{shape}, {arguments.threads} threads, {arguments.iterations} iterations a round, jax {jax.__version__}")
    for name, values in medians.items():
        ratio = statistics.median(a / b for a, b in zip(medians["medbench pjrt"], values))
        rounds = " ".join(f"{value:8.1f}" for value in values)
        print(f"  {name:14} {rounds} ms   best {min(values):8.1f}   medbench / this: median {ratio:.2f}", flush=True)
