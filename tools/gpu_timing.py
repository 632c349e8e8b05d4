"""How Python torch is timed on a CUDA device: device events around single passes, as medbench does."""
import statistics

WARMUP = 30


def median_ms(iterations, run):
    import torch
    begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    samples = []
    for _ in range(iterations + WARMUP):
        begin.record()
        run()
        end.record()
        end.synchronize()
        samples.append(begin.elapsed_time(end))
    return statistics.median(samples[WARMUP:])
