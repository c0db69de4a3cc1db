"""The embedding table and its kernel in C, compiled when it is first needed, as a differentiable function of torch."""

import ctypes
import math
import os
import subprocess
import tempfile

import numpy as np
import torch


def _kernel():
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bag.c")
    folder = tempfile.mkdtemp(prefix="bag-")
    library = os.path.join(folder, "bag.so")
    subprocess.run(
        ["cc", "-O3", "-march=native", "-ffast-math", "-shared", "-fPIC", "-o", library, source, "-lm"], check=True
    )
    return ctypes.CDLL(library)


_KERNEL = _kernel()
_KERNEL.contrast.restype = ctypes.c_float


def _pointer(values):
    return values.ctypes.data_as(ctypes.c_void_p)


class Table:
    """rows × size, with Adam's state. Rows that no bag of a step touched stay as they are."""

    def __init__(self, rows, size, seed):
        self.values = (np.random.default_rng(seed).standard_normal((rows, size)) / math.sqrt(size)).astype(np.float32)
        self.mean, self.square, self.gradient = (np.zeros_like(self.values) for _ in range(3))
        self.touched, self.steps = np.zeros(rows, np.uint8), 0

    def step(self, rate, beta1=0.9, beta2=0.98):
        self.steps += 1
        numbers = (rate, beta1, beta2, 1 - beta1**self.steps, 1 - beta2**self.steps)
        arrays = (self.values, self.mean, self.square, self.gradient, self.touched)
        _KERNEL.adam(*self.values.shape, *map(_pointer, arrays), *map(ctypes.c_float, numbers))


def sums(values, starts, ids, weights):
    """bags × size."""
    out = np.empty((len(starts) - 1, values.shape[1]), np.float32)
    weights = np.ascontiguousarray(weights, np.float32)
    _KERNEL.forward(
        len(out), _pointer(starts), _pointer(ids), _pointer(weights), _pointer(values), values.shape[1], _pointer(out)
    )
    return out


class BagSum(torch.autograd.Function):
    """Of weights (a tensor), a `Table`, starts and ids."""

    @staticmethod
    def forward(ctx, weights, table, starts, ids):
        ctx.saved = (table, starts, ids, np.ascontiguousarray(weights.detach().numpy()))
        return torch.from_numpy(sums(table.values, starts, ids, ctx.saved[3]))

    @staticmethod
    def backward(ctx, gradient):
        table, starts, ids, weights = ctx.saved
        gradient = np.ascontiguousarray(gradient.numpy())
        of_weights = np.empty(len(weights), np.float32)
        arrays = (starts, ids, weights, table.values)
        results = (gradient, table.gradient, of_weights, table.touched)
        _KERNEL.backward(len(starts) - 1, *map(_pointer, arrays), table.values.shape[1], *map(_pointer, results))
        return torch.from_numpy(of_weights), None, None, None


class Contrast(torch.autograd.Function):
    """Symmetric InfoNCE of scores (batch × batch, the diagonal is right); `same` marks what does not count."""

    @staticmethod
    def forward(ctx, scores, same, sharpness):
        gradient = scores.detach().numpy().copy()
        rows, columns = (np.empty(len(gradient), np.float32) for _ in range(2))
        arrays = map(_pointer, (rows, columns))
        loss = _KERNEL.contrast(len(gradient), _pointer(gradient), _pointer(same), ctypes.c_float(sharpness), *arrays)
        ctx.gradient = torch.from_numpy(gradient)
        return torch.tensor(loss)

    @staticmethod
    def backward(ctx, gradient):
        return ctx.gradient * gradient, None, None


def take(starts, chosen):
    """(starts of the chosen bags put together, places of their entries)."""
    lengths = starts[chosen + 1] - starts[chosen]
    joined = np.zeros(len(chosen) + 1, np.int64)
    np.cumsum(lengths, out=joined[1:])
    return joined, np.repeat(starts[chosen] - joined[:-1], lengths) + np.arange(joined[-1])
