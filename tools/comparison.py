"""What the comparisons with Python share: their flags, the timing of a call, medbench's rows, and rounds in alternating order."""
import argparse
import collections
import json
import os
import statistics
import subprocess
import tempfile
import time

WARMUP = 3


def make_parser(description):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--medbench", default="build/release/bin/medbench")
    parser.add_argument("--shapes", nargs="+", default=["1x128", "4x256"], help="batch x sequence length")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--iterations", type=int, default=10, help="of each contender in each round")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    return parser


def median_ms(arguments, call):
    samples = []
    for _ in range(arguments.iterations + WARMUP):
        begin = time.perf_counter()
        call()
        samples.append((time.perf_counter() - begin) * 1e3)
    return statistics.median(samples[WARMUP:])


def medbench_medians(arguments, backend, shape):
    """By label, from `medbench matrix` on the CPU in fp32 and, where the arguments say so, in int8."""
    batch, length = shape.split("x")
    options = ["--int8"] if getattr(arguments, "int8", False) else []
    with tempfile.TemporaryDirectory() as output:
        command = [arguments.medbench, "matrix", "--backend", backend, "--models", "biobert", "--device", "cpu", "--quiet", "--json",
                   "--precision", "fp32", "--threads", str(arguments.threads), "--batch-size", batch, "--seq-length", length,
                   "--iters", str(arguments.iterations), "--warmup", str(WARMUP), "--output-root", output, *options]
        rows = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        return {f"medbench {row['precision']}": row["latency_ms"]["p50"] for row in rows}


def compare(arguments, title, contenders):
    """Each contender gives the medians of one round by label. Rows in int8 are compared with medbench's in int8, all others, and
    that one, with medbench's in fp32."""
    medians = collections.defaultdict(list)
    for index in range(arguments.rounds):
        for contender in contenders if index % 2 == 0 else contenders[::-1]:
            for label, median in contender().items():
                medians[label].append(median)
    print(f"{title}, {arguments.threads} threads, {arguments.iterations} iterations a round")
    for label, values in medians.items():
        ours = "medbench int8" if "int8" in label and label != "medbench int8" else "medbench fp32"
        ratio = statistics.median(mine / theirs for mine, theirs in zip(medians[ours], values))
        rounds = " ".join(f"{value:8.1f}" for value in values)
        print(f"  {label:20} {rounds} ms   best {min(values):8.1f}   {ours} / this: median {ratio:.2f}, "
              f"of the best rounds {min(medians[ours]) / min(values):.2f}", flush=True)
