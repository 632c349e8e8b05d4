#!/usr/bin/env python3
"""Times a whole `medbench matrix` beside a harness that exports the model and makes its session anew for every iteration.

The matrix runs torch, onnxruntime, openvino and pjrt on two models in fp32 and int8 with --acc-check. Of the other way a few
iterations are timed for ONNX Runtime (fp32, and with its dynamic quantisation) and for OpenVINO; their mean stands for as many
iterations as the matrix runs. torch and XLA need no export and are counted there with what they took in the matrix, so the
ratio is a lower bound.

Needs a Python with torch 2.11, transformers, onnx, onnxruntime 1.32 and openvino 2026.4, and a built medbench.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

MODELS = ["biobert", "clinicalbert"]
EXPORTED_BACKENDS = ["onnxruntime", "openvino"]
BACKENDS = ["torch", "pjrt"] + EXPORTED_BACKENDS
WARMUP = 3


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--medbench", default="build/release/bin/medbench")
    parser.add_argument("--shape", default="1x128", help="batch x sequence length")
    parser.add_argument("--iterations", type=int, default=30, help="of every row of the matrix")
    parser.add_argument("--timed-iterations", type=int, default=2, help="of the other way, for each kind of row")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    return parser.parse_args()


def make_model():
    import torch
    from transformers import BertConfig, BertModel

    class Encoder(torch.nn.Module):
        """The forward pass with its three inputs by position, which is how the exporter gives them."""

        def __init__(self):
            super().__init__()
            self.bert = BertModel(BertConfig(vocab_size=28996), add_pooling_layer=False)

        def forward(self, input_ids, attention_mask, token_type_ids):
            return self.bert(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids,
                             use_cache=False, return_dict=False)[0]

    torch.manual_seed(42)
    return Encoder().eval()


def export(model, path):
    import torch

    ids = torch.randint(100, 28996, (2, 16))
    names = ["input_ids", "attention_mask", "token_type_ids"]
    torch.onnx.export(model, (ids, torch.ones_like(ids), torch.zeros_like(ids)), str(path), dynamo=False, opset_version=17,
                      input_names=names, output_names=["output"],
                      dynamic_axes={name: {0: "batch", 1: "seq"} for name in names + ["output"]})


def run_onnxruntime(path, feeds, threads):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    session.run(None, feeds)


def run_openvino(path, feeds, threads):
    import openvino

    properties = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads}
    openvino.Core().compile_model(str(path), "CPU", properties)(feeds)


def seconds_per_iteration(arguments, model, kind):
    import numpy
    from onnxruntime.quantization import QuantType, quantize_dynamic

    batch, length = map(int, arguments.shape.split("x"))
    ids = numpy.random.randint(100, 28996, (batch, length)).astype(numpy.int64)
    feeds = {"input_ids": ids, "attention_mask": numpy.ones_like(ids), "token_type_ids": numpy.zeros_like(ids)}
    samples = []
    for _ in range(arguments.timed_iterations):
        with tempfile.TemporaryDirectory() as folder:
            begin = time.perf_counter()
            path = pathlib.Path(folder) / "model.onnx"
            export(model, path)
            if kind == "onnxruntime int8":
                quantised = pathlib.Path(folder) / "int8.onnx"
                quantize_dynamic(str(path), str(quantised), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
                path = quantised
            (run_openvino if kind.startswith("openvino") else run_onnxruntime)(path, feeds, arguments.threads)
            samples.append(time.perf_counter() - begin)
    return statistics.mean(samples)


def run_matrix(arguments):
    """Wall time, and the rows."""
    batch, length = arguments.shape.split("x")
    with tempfile.TemporaryDirectory() as output:
        begin = time.perf_counter()
        done = subprocess.run([arguments.medbench, "matrix", "--models", *MODELS, "--backend", *BACKENDS, "--device", "cpu",
                               "--precision", "fp32", "--int8", "--acc-check", "--quiet", "--json", "--batch-size", batch,
                               "--seq-length", length, "--iters", str(arguments.iterations), "--warmup", str(WARMUP),
                               "--threads", str(arguments.threads), "--output-root", output],
                              check=True, capture_output=True, text=True)
        return time.perf_counter() - begin, json.loads(done.stdout)


def main():
    arguments = parse_arguments()
    wall, rows = run_matrix(arguments)
    work = {row["backend"]: 0.0 for row in rows}
    for row in rows:
        passes = statistics.mean(row["samples_ms"]) * (arguments.iterations + WARMUP)
        phases = sum(row.get(phase) or 0 for phase in ["calibrate_ms", "compile_ms", "upload_ms", "tune_ms"])
        work[row["backend"]] += (phases + passes) / 1e3
    print(f"medbench matrix, {len(rows)} rows, {arguments.shape}, {arguments.iterations} iterations: {wall:.0f} s, "
          f"{sum(work.values()) / wall:.0%} of it compiling, warming up and measuring")

    model = make_model()
    other = sum(seconds for backend, seconds in work.items() if backend not in EXPORTED_BACKENDS)
    for kind in ["onnxruntime fp32", "onnxruntime int8", "openvino fp32"]:
        seconds = seconds_per_iteration(arguments, model, kind)
        kinds_rows = len(MODELS) * (2 if kind.startswith("openvino") else 1)  # OpenVINO's int8 row is counted as its fp32 row
        other += seconds * (arguments.iterations + WARMUP) * kinds_rows
        print(f"  export and session anew, {kind}: {seconds:.1f} s an iteration")
    print(f"the same rows with export and session anew for every iteration: {other:.0f} s; medbench took 1/{other / wall:.1f} of it")


main()
