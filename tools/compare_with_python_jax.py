#!/usr/bin/env python3
"""Times medbench's pjrt row beside jax.jit of the same model: BERT-base in fp32 on the CPU, random weights and ids.

Rounds alternate the order, so that drift and other load hit both alike. XLA's pools have the size of NPROC in both.

Needs a Python with jax, and a built medbench.
"""
import os

from comparison import compare, make_parser, median_ms, medbench_medians

arguments = make_parser(__doc__).parse_args()
os.environ["NPROC"] = str(arguments.threads)
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp

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
    return median_ms(arguments, lambda: forward(weights, ids, mask, types).block_until_ready())


weights = make_weights()
for shape in arguments.shapes:
    contenders = [lambda: {"jax.jit": jax_median(weights, shape)},
                  lambda: medbench_medians(arguments, "pjrt", shape)]
    compare(arguments, f"{shape}, jax {jax.__version__}", contenders)
