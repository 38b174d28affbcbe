"""Run networks with NumPy. Only this room imports it, and it shares no formula with ops/.

>>> import numpy as np, convcalc
>>> from convcalc.execute import run
>>> net = convcalc.loads("{input: [3, 4, 4], layers: [conv 3x3 8, relu]}")
>>> run(net, np.ones((3, 4, 4), np.float32)).shape
(8, 4, 4)
"""

from __future__ import annotations

from .measure import Measured, measure
from .running import image, random_weights, run

__all__ = ["Measured", "image", "measure", "random_weights", "run"]
