#!/usr/bin/env python3
"""Times medbench's networks on images beside the same networks of torchvision and MONAI driven from Python, in alternating rounds.

torch: the network as it is, with channels-last, captured in a CUDA graph on a card, and under torch.compile (on the CPU with
freezing), against `medbench imaging` without options and with --channels-last --compile (and --cudnn-benchmark on a card).
onnxruntime and openvino, on the CPU: the network exported to ONNX, run by the runtime's own Python interface.

Needs a Python with torch 2.11, torchvision and monai (for resnets and densenets, and for U-Nets), onnx, and the runtimes; and a
built medbench. Example: compare_imaging_with_python.py --shapes tiny:16x1x256x256 unet3d:1x1x64x64x64 --runtimes torch openvino
"""
import json
import pathlib
import subprocess
import tempfile

from comparison import WARMUP, compare, make_parser, median_ms, medbench_rows

parser = make_parser(__doc__, ["tiny:1x1x64x64", "tiny:16x1x256x256", "resnet50:1x3x224x224", "densenet121:1x3x224x224",
                               "unet3d:1x1x64x64x64"], "network:batch x channels x sizes")
parser.add_argument("--runtimes", nargs="+", default=["torch"], choices=["torch", "onnxruntime", "openvino"])
parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
parser.add_argument("--dtype", default="fp32", choices=["fp32", "fp16", "bf16"], help="16 bits in all of the network, on both sides")
parser.add_argument("--no-compile", action="store_true", help="leave torch.compile out")
arguments = parser.parse_args()

import torch

import golden_from_torchvision_and_monai as originals

SETTINGS = ("block", "layers", "growth_rate", "block_config", "num_init_features", "bn_size", "filters", "dims", "groups",
            "depthwise", "in_channels", "num_classes")
SIZES = {2: ("--height", "--width"), 3: ("--depth", "--height", "--width")}
DTYPE = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}[arguments.dtype]
CUDA = arguments.device == "cuda"
torch.set_num_threads(arguments.threads)
models = json.loads(subprocess.run([arguments.medbench, "models", "--json"], check=True, stdout=subprocess.PIPE).stdout)
configs = {row["name"]: row["config"] for row in models if "dims" in row["config"]}


def original(name):
    torch.manual_seed(0)
    config = configs[name]
    model = getattr(originals, config["model_type"])(**{key: config[key] for key in SETTINGS if key in config})
    return model.eval().to(arguments.device, DTYPE)


def channels_last(tensor_or_model, dims):
    return tensor_or_model.to(memory_format=torch.channels_last if dims == 2 else torch.channels_last_3d)


def event_median_ms(call):
    begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    samples = []
    for _ in range(arguments.iterations + WARMUP):
        begin.record()
        call()
        end.record()
        end.synchronize()
        samples.append(begin.elapsed_time(end))
    return sorted(samples[WARMUP:])[arguments.iterations // 2]


def timed(call):
    with torch.inference_mode():
        return event_median_ms(call) if CUDA else median_ms(arguments, call)


def captured(forward):
    with torch.inference_mode():
        stream = torch.cuda.Stream()
        with torch.cuda.stream(stream):
            for _ in range(3):
                forward()
        torch.cuda.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            forward()
    return graph.replay


def compiled(model, pixels):
    import torch._inductor.config as inductor
    torch._dynamo.reset()
    inductor.freezing = True
    forward = torch.compile(model, mode="reduce-overhead" if CUDA else "max-autotune-no-cudagraphs")
    with torch.inference_mode():
        for _ in range(3):
            forward(pixels)
    return forward


def torch_contenders(name, shape):
    dims = len(shape) - 2
    plain, last = original(name), channels_last(original(name), dims)
    pixels = torch.rand(shape, device=arguments.device, dtype=DTYPE) * 2 - 1
    pixels_last = channels_last(pixels, dims)
    if CUDA:
        torch.backends.cudnn.benchmark = True
    calls = {"eager": lambda: plain(pixels), "channels-last": lambda: last(pixels_last)}
    if CUDA:
        calls["captured graph"] = captured(calls["channels-last"])
    if not arguments.no_compile:
        forward = compiled(last, pixels_last)
        calls["torch.compile"] = lambda: forward(pixels_last)
    return [lambda label=label, call=call: {label: timed(call)} for label, call in calls.items()]


def exported(name, shape, folder):
    path = folder / f"{name}.onnx"
    torch.onnx.export(original(name), (torch.zeros(shape),), str(path), dynamo=False, opset_version=17, input_names=["pixels"],
                      output_names=["output"])
    return path


def onnxruntime_contender(path, shape):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = arguments.threads
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    pixels = torch.rand(shape).numpy()
    return lambda: {"Python": median_ms(arguments, lambda: session.run(None, {"pixels": pixels}))}


def openvino_contender(path, shape):
    import openvino
    settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": arguments.threads, "INFERENCE_PRECISION_HINT": "f32"}
    request = openvino.Core().compile_model(str(path), "CPU", settings).create_infer_request()
    pixels = torch.rand(shape).numpy()
    return lambda: {"Python": median_ms(arguments, lambda: request.infer([pixels], share_inputs=True, share_outputs=True))}


def medbench(runtime, name, shape, label, *options):
    words = [word for option, size in zip(SIZES[len(shape) - 2], shape[2:]) for word in (option, str(size))]
    with tempfile.TemporaryDirectory() as folder:
        [row] = medbench_rows(arguments, "imaging", "--models", name, "--backend", runtime, "--device", arguments.device, "--dtype",
                              arguments.dtype, "--batch", str(shape[0]), *words, "--batches", str(arguments.iterations),
                              "--warmup", str(WARMUP), "--threads", str(arguments.threads), "--output-dir", folder, *options)
        return {label: row["latency_ms"]["p50"]}


def contenders_of(runtime, name, shape, folder):
    if runtime == "torch":
        best = ["--no-amp", "--channels-last", "--compile"] + (["--cudnn-benchmark"] if CUDA else [])
        return torch_contenders(name, shape) + [lambda: medbench("torch", name, shape, "medbench eager", "--no-amp"),
                                                lambda: medbench("torch", name, shape, "medbench", *best)]
    python = {"onnxruntime": onnxruntime_contender, "openvino": openvino_contender}[runtime]
    return [python(exported(name, shape, folder), shape), lambda: medbench(runtime, name, shape, "medbench")]


with tempfile.TemporaryDirectory() as folder:
    for item in arguments.shapes:
        name, _, sizes = item.partition(":")
        shape = [int(size) for size in sizes.split("x")]
        for runtime in arguments.runtimes:
            compare(arguments, f"{runtime} {item} {arguments.device} {arguments.dtype}",
                    contenders_of(runtime, name, shape, pathlib.Path(folder)),
                    lambda label: "medbench eager" if label == "eager" else "medbench")
