#!/usr/bin/env python3
"""Times medbench's onnxruntime and openvino rows beside the same runtimes driven from Python by their own best practice.

The model is transformers' BERT-base exported to ONNX. ONNX Runtime runs it as exported, after its transformer optimiser
(onnxruntime.transformers.optimizer, model type bert) and, with --int8, after its dynamic quantisation; OpenVINO runs it
under its own benchmark_app with the latency hint, which takes all cores and does not let threads be set. Rounds
alternate the order, so that drift and other load hit all alike.

Needs a Python with torch 2.11, transformers, onnx, onnxruntime 1.32 and openvino 2026.4, and a built medbench.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

from comparison import WARMUP, compare, make_parser, median_ms, medbench_medians

parser = make_parser(__doc__)
parser.add_argument("--runtimes", nargs="+", default=["onnxruntime", "openvino"], choices=["onnxruntime", "openvino"])
parser.add_argument("--int8", action="store_true")
parser.add_argument("--models", help="folder to keep the exported models in; they are made where missing")
arguments = parser.parse_args()

folder = pathlib.Path(arguments.models or tempfile.mkdtemp())
folder.mkdir(parents=True, exist_ok=True)
EXPORTED, OPTIMISED, QUANTISED = folder / "bert.onnx", folder / "bert-optimised.onnx", folder / "bert-int8.onnx"


def make_models():
    if not EXPORTED.exists():
        import torch
        from transformers import BertConfig, BertModel

        class Encoder(torch.nn.Module):
            """The forward pass with its three inputs by position, which is how the exporter gives them."""

            def __init__(self, bert):
                super().__init__()
                self.bert = bert

            def forward(self, input_ids, attention_mask, token_type_ids):
                return self.bert(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids,
                                 use_cache=False, return_dict=False)[0]

        torch.manual_seed(42)
        model = BertModel(BertConfig(vocab_size=28996), add_pooling_layer=False).eval()
        ids = torch.randint(100, 28996, (2, 16))
        names = ["input_ids", "attention_mask", "token_type_ids"]
        torch.onnx.export(Encoder(model), (ids, torch.ones_like(ids), torch.zeros_like(ids)), str(EXPORTED), dynamo=False,
                          opset_version=17, input_names=names, output_names=["output"],
                          dynamic_axes={name: {0: "batch", 1: "seq"} for name in names + ["output"]})
    if "onnxruntime" in arguments.runtimes and not OPTIMISED.exists():
        from onnxruntime.transformers import optimizer

        optimizer.optimize_model(str(EXPORTED), model_type="bert", num_heads=12, hidden_size=768).save_model_to_file(
            str(OPTIMISED))
    if "onnxruntime" in arguments.runtimes and arguments.int8 and not QUANTISED.exists():
        from onnxruntime.quantization import QuantType, quantize_dynamic

        quantize_dynamic(str(EXPORTED), str(QUANTISED), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)


def session_median(session, shape):
    import numpy

    batch, length = map(int, shape.split("x"))
    ids = numpy.random.randint(100, 28996, (batch, length)).astype(numpy.int64)
    feeds = {"input_ids": ids, "attention_mask": numpy.ones_like(ids), "token_type_ids": numpy.zeros_like(ids)}
    feeds = {entry.name: feeds[entry.name] for entry in session.get_inputs()}
    return median_ms(arguments, lambda: session.run(None, feeds))


def onnxruntime_contender(path, shape):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = arguments.threads
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return lambda: session_median(session, shape)


def benchmark_app_median(shape):
    batch, length = shape.split("x")
    command = [str(pathlib.Path(sys.executable).parent / "benchmark_app"), "-m", str(EXPORTED), "-d", "CPU", "-hint", "latency",
               "-niter", str(arguments.iterations + WARMUP),
               "-shape", f"[{batch},{length}]", "-infer_precision", "f32"]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(re.search(r"Median:\s+([\d.]+) ms", output).group(1))


def contenders_of(runtime, shape):
    """Each gives the medians of one round by label."""
    contenders = []

    def add(label, median):
        contenders.append(lambda: {label: median()})

    if runtime == "onnxruntime":
        add("Python, as exported", onnxruntime_contender(EXPORTED, shape))
        add("Python, optimised", onnxruntime_contender(OPTIMISED, shape))
        if arguments.int8:
            add("Python, int8", onnxruntime_contender(QUANTISED, shape))
    else:
        add("benchmark_app", lambda: benchmark_app_median(shape))
    contenders.append(lambda: medbench_medians(arguments, runtime, shape))
    return contenders


make_models()
for runtime in arguments.runtimes:
    for shape in arguments.shapes:
        compare(arguments, f"{runtime} {shape}", contenders_of(runtime, shape))
