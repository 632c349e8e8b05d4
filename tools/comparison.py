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


def make_parser(description, shapes=("1x128", "4x256"), shape="batch x sequence length"):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--medbench", default="build/release/bin/medbench")
    parser.add_argument("--shapes", nargs="+", default=list(shapes), help=shape)
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


def medbench_rows(arguments, *words):
    """The rows that the program prints as JSON for these words, which begin with a command."""
    return json.loads(subprocess.run([arguments.medbench, *words, "--quiet", "--json"], check=True, stdout=subprocess.PIPE).stdout)


def medbench_medians(arguments, backend, shape):
    """By label, from `medbench matrix` on the CPU in fp32 and, where the arguments say so, in int8."""
    batch, length = shape.split("x")
    options = ["--int8"] if getattr(arguments, "int8", False) else []
    with tempfile.TemporaryDirectory() as output:
        rows = medbench_rows(arguments, "matrix", "--backend", backend, "--models", "biobert", "--device", "cpu", "--precision", "fp32",
                             "--threads", str(arguments.threads), "--batch-size", batch, "--seq-length", length,
                             "--iters", str(arguments.iterations), "--warmup", str(WARMUP), "--output-root", output, *options)
        return {f"medbench {row['precision']}": row["latency_ms"]["p50"] for row in rows}


def ours_in_fp32_or_int8(label):
    """The label of medbench's row that a label is compared with: those in int8 with its own in int8, all others in fp32."""
    return "medbench int8" if "int8" in label and label != "medbench int8" else "medbench fp32"


def compare(arguments, title, contenders, ours_of=ours_in_fp32_or_int8):
    """Each contender gives the medians of one round by label; `ours_of` says which of them a label is compared with."""
    medians = collections.defaultdict(list)
    for index in range(arguments.rounds):
        for contender in contenders if index % 2 == 0 else contenders[::-1]:
            for label, median in contender().items():
                medians[label].append(median)
    print(f"{title}, {arguments.threads} threads, {arguments.iterations} iterations a round")
    for label, values in medians.items():
        ours = ours_of(label)
        ratio = statistics.median(mine / theirs for mine, theirs in zip(medians[ours], values))
        rounds = " ".join(f"{value:8.3f}" if min(values) < 10 else f"{value:8.1f}" for value in values)
        print(f"  {label:20} {rounds} ms   best {min(values):8.3f}   {ours} / this: median {ratio:.2f}, "
              f"of the best rounds {min(medians[ours]) / min(values):.2f}", flush=True)
