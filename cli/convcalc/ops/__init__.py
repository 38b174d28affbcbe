"""The operations of the language. A new one is a class and an entry in this table."""

from __future__ import annotations

from .base import Operation
from .convolution import Conv, DepthwiseConv, Linear
from .elementwise import (
    Dropout,
    Flatten,
    Identity,
    Relu,
    Sigmoid,
    Softmax,
)
from .normalization import BatchNorm, LocalResponseNorm
from .pooling import AvgPool, GlobalAvgPool, MaxPool

OPS: dict[str, type[Operation]] = {
    operation.name: operation
    for operation in (
        Conv,
        DepthwiseConv,
        Linear,
        MaxPool,
        AvgPool,
        GlobalAvgPool,
        BatchNorm,
        LocalResponseNorm,
        Relu,
        Sigmoid,
        Softmax,
        Dropout,
        Flatten,
        Identity,
    )
}
