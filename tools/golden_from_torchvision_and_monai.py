#!/usr/bin/env python3
"""Prints tests/golden/<family>_torch.json: what torchvision's and MONAI's own networks give, for weights and pixels that follow
a formula, so that only outputs are stored. Usage: golden_from_torchvision_and_monai.py FAMILY > the file, in a Python with torch,
torchvision and monai; FAMILY is tiny_cnn (which is of neither), torchvision_resnet, torchvision_densenet or monai_dynunet."""
import json
import math
import sys

import torch

STORED = 64  # numbers of an output, evenly spaced


def tiny_cnn(dims=2, in_channels=1, num_classes=2, groups=1, depthwise=False):
    """The published description: three times convolution, SiLU and max-pooling, an adaptive average, a linear map."""
    convolution, pool, average = ((torch.nn.Conv2d, torch.nn.MaxPool2d, torch.nn.AdaptiveAvgPool2d) if dims == 2 else
                                  (torch.nn.Conv3d, torch.nn.MaxPool3d, torch.nn.AdaptiveAvgPool3d))
    layers, channels = [], in_channels
    for number, out in enumerate((16, 32, 64), 1):
        own = math.gcd(channels, out) if depthwise else groups
        layers += [(f"conv{number}", convolution(channels, out, 3, padding=1, groups=own)),
                   (f"silu{number}", torch.nn.SiLU()), (f"pool{number}", pool(2))]
        channels = out
    layers += [("pool", average(4)), ("flatten", torch.nn.Flatten()), ("fc", torch.nn.Linear(64 * 4**dims, num_classes))]
    return torch.nn.Sequential(torch.nn.modules.container.OrderedDict(layers))


def torchvision_resnet(block, layers, in_channels, num_classes, dims=2):
    from torchvision.models import resnet
    kind = {"basic": resnet.BasicBlock, "bottleneck": resnet.Bottleneck}[block]
    model = resnet.ResNet(kind, layers, num_classes=num_classes)
    if in_channels != 3:
        model.conv1 = torch.nn.Conv2d(in_channels, 64, 7, 2, 3, bias=False)
    return model


def torchvision_densenet(growth_rate, block_config, num_init_features, bn_size, in_channels, num_classes, dims=2):
    from torchvision.models import densenet
    model = densenet.DenseNet(growth_rate, block_config, num_init_features, bn_size, num_classes=num_classes)
    if in_channels != 3:
        model.features.conv0 = torch.nn.Conv2d(in_channels, num_init_features, 7, 2, 3, bias=False)
    return model


def monai_dynunet(dims, filters, in_channels, num_classes):
    from monai.networks.nets import DynUNet
    stages = len(filters)
    return DynUNet(dims, in_channels, num_classes, kernel_size=[3] * stages, strides=[1] + [2] * (stages - 1),
                   upsample_kernel_size=[2] * (stages - 1), filters=filters)


def resnet(block, layers, in_channels=3, num_classes=5):
    return {"block": block, "layers": layers, "dims": 2, "in_channels": in_channels, "num_classes": num_classes}


def densenet(growth, blocks, init=64, bn_size=4, in_channels=3):
    return {"growth_rate": growth, "block_config": blocks, "num_init_features": init, "bn_size": bn_size, "dims": 2,
            "in_channels": in_channels, "num_classes": 5}


def unet(dims, filters, in_channels=1, num_classes=3):
    return {"dims": dims, "filters": filters, "in_channels": in_channels, "num_classes": num_classes}


def tiny(dims=2, in_channels=1, num_classes=2, groups=1, depthwise=False):
    return {"dims": dims, "in_channels": in_channels, "num_classes": num_classes, "groups": groups, "depthwise": depthwise}


# Of each family: title, configuration, shape of the input behind its channels, batch.
CASES = {
    "tiny_cnn": [
        ("tiny", tiny(), (33, 40), 2),
        ("tiny3d", tiny(3), (16, 17, 24), 1),
        ("groups", tiny(2, 4, 3, 2), (24, 24), 1),
        ("depthwise", tiny(2, 16, 3, 1, True), (24, 24), 1),
    ],
    "torchvision_resnet": [
        ("resnet18", resnet("basic", [2, 2, 2, 2]), (41, 32), 1),
        ("resnet50", resnet("bottleneck", [3, 4, 6, 3]), (32, 32), 1),
        ("one channel, one block a stage", resnet("basic", [1, 1, 1, 1], 1, 7), (33, 29), 2),
        ("bottleneck, one block a stage", resnet("bottleneck", [1, 1, 1, 1], 2), (20, 37), 2),
    ],
    "torchvision_densenet": [
        ("densenet121", densenet(32, [6, 12, 24, 16]), (32, 40), 1),
        ("two blocks", densenet(6, [2, 3], 8, 2, 1), (33, 29), 2),
        ("one block", densenet(5, [1], 8, 3), (9, 11), 1),
        ("four blocks", densenet(4, [2, 2, 2, 2], 10), (64, 33), 2),
    ],
    "monai_dynunet": [
        ("2d, six stages", unet(2, [4, 6, 8, 8, 10, 10]), (64, 96), 1),
        ("3d, six stages", unet(3, [2, 3, 4, 4, 5, 5]), (32, 32, 64), 1),
        ("3d, three stages", unet(3, [8, 12, 16], 4, 4), (8, 12, 16), 2),
        ("2d, three stages", unet(2, [6, 8, 7], 2), (12, 20), 2),
    ],
}


def formula(name, shape):
    """Whole numbers by name and index, scaled to [-0.5, 0.5); scales and variances of normalisations lie around 1, and
    weights of convolutions and linear maps get smaller with the number of their products."""
    base = len(name) * 104729 + 31 * sum(name.encode())
    steps = ((torch.arange(math.prod(shape), dtype=torch.int64) * 7919 + base) % 1009).double() / 1009 - 0.5
    if len(shape) > 1:
        steps = steps * (3 / math.sqrt(math.prod(shape[1:])))
    elif name.endswith((".weight", ".running_var")):
        steps = steps + 1
    return steps.float().reshape(shape)


def pixels(shape):
    steps = torch.arange(math.prod(shape), dtype=torch.int64) * 7919 % 1013
    return (steps.double() / 1013 * 2 - 1).float().reshape(shape)


def stored(tensor):
    flat = tensor.flatten()
    step = max(1, flat.numel() // STORED)
    values = [float(f"{value:.7g}") for value in flat[::step].tolist()]
    return {"shape": list(tensor.shape), "step": step, "values": values}


def case(family, title, config, shape, batch):
    torch.manual_seed(0)
    model = globals()[family](**config).eval()
    model.load_state_dict({name: formula(name, tensor.shape) if tensor.is_floating_point() else tensor
                           for name, tensor in model.state_dict().items() if not name.startswith("skip_layers.")},
                          strict=not family.startswith("monai"))
    with torch.no_grad():
        output = model.double()(pixels((batch, config["in_channels"], *shape)).double())
    return {"name": title, "config": {"model_type": family, **config}, "batch": batch, "input": list(shape),
            "output": stored(output)}


if __name__ == "__main__":
    family = sys.argv[1]
    versions = f"torch {torch.__version__}"
    if family.startswith("torchvision"):
        import torchvision
        versions += f", torchvision {torchvision.__version__}"
    if family.startswith("monai"):
        import monai
        versions += f", monai {monai.__version__}"
    lines = [json.dumps(case(family, *row)) for row in CASES[family]]
    print(f'{{\n  "made_with": "{versions}, fp64",\n  "cases": [\n    ' + ",\n    ".join(lines) + "\n  ]\n}")
