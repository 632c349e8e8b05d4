#!/usr/bin/env python3
"""Times medbench's tokenizer beside the library `tokenizers` on the same sentences, and compares all ids.

The sentences are those of a file, each with its numbers drawn anew from a seed until there are as many as asked for. The
library encodes them in one call of encode_batch_fast, which keeps no offsets; every number of threads is set for both
sides (RAYON_NUM_THREADS there). Rounds alternate the order.

Needs a Python with tokenizers, a built bench_tokenizer (`cmake --preset bench && cmake --build --preset bench --target
bench_tokenizer`) and a folder with tokenizer.json.
"""
import argparse
import array
import json
import os
import pathlib
import random
import re
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("model", help="folder with tokenizer.json")
parser.add_argument("--bench", default=ROOT / "build/bench/bin/bench_tokenizer")
parser.add_argument("--sentences", default=ROOT / "datasets/clinical_sentences.txt", help="file with one text a line")
parser.add_argument("--count", type=int, default=100_000)
parser.add_argument("--threads", type=int, nargs="+", default=[1])
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--worker", nargs=2, metavar=("TEXTS", "IDS"), help=argparse.SUPPRESS)
arguments = parser.parse_args()


def work(texts, ids):
    """The library's side, in a process of its own: its threads are set by the environment once."""
    import time

    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(pathlib.Path(arguments.model) / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    lines = pathlib.Path(texts).read_text(encoding="utf-8").splitlines()
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        encodings = tokenizer.encode_batch_fast(lines)
        seconds.append(time.perf_counter() - start)
    pathlib.Path(ids).write_bytes(b"".join(array.array("i", encoding.ids).tobytes() for encoding in encodings))
    print(json.dumps({"seconds": statistics.median(seconds)}))


def many_sentences():
    lines = [line for line in pathlib.Path(arguments.sentences).read_text(encoding="utf-8").splitlines() if line.strip()]
    numbers = random.Random(42)
    return [re.sub(r"\d+", lambda found: str(numbers.randrange(10 ** len(found.group()))), lines[i % len(lines)])
            for i in range(arguments.count)]


def seconds_of(command, threads):
    environment = os.environ | {"RAYON_NUM_THREADS": str(threads), "TOKENIZERS_PARALLELISM": str(threads > 1).lower()}
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout)["seconds"]


def main():
    if arguments.worker:
        work(*arguments.worker)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        texts = pathlib.Path(folder) / "texts.txt"
        ours, theirs = pathlib.Path(folder) / "ours", pathlib.Path(folder) / "theirs"
        texts.write_text("\n".join(many_sentences()) + "\n", encoding="utf-8")
        print("| threads | medbench: sentences/s | tokenizers: sentences/s | ratio | ids |\n| --- | --- | --- | --- | --- |")
        for threads in arguments.threads:
            sides = {"ours": ([arguments.bench, arguments.model, texts, str(threads), ours], []),
                     "theirs": ([sys.executable, __file__, arguments.model, "--worker", texts, theirs], [])}
            for turn in range(arguments.rounds):
                for command, seconds in list(sides.values())[::1 if turn % 2 == 0 else -1]:
                    seconds.append(seconds_of([str(part) for part in command], threads))
            own, other = (statistics.median(seconds) for _, seconds in sides.values())
            same = ours.read_bytes() == theirs.read_bytes()
            print(f"| {threads} | {arguments.count / own:,.0f} | {arguments.count / other:,.0f} | {other / own:.1f} | "
                  f"{'identical' if same else 'DIFFER'} |")
            if not same:
                return 1
    return 0


sys.exit(main())
