"""The files that reading is measured with are the networks that they are said to be."""

from __future__ import annotations

import pytest
from bench_models import write_chain, write_densenet201, write_vgg16

# torchvision's counts, as forward hooks have them
PUBLISHED = {
    "vgg16.onnx": (write_vgg16, 138_357_544, 15_470_264_320),
    "densenet201.pt2": (write_densenet201, 20_013_928, 4_291_365_888),
    # 3·3·3·3 weights, at 8·8 places
    "chain.onnx": (lambda path: write_chain(path, 200), 100 * 81, 100 * 81 * 64),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_file_costs_what_the_network_does(run, tmp_path, name):
    write, params, macs = PUBLISHED[name]
    write(tmp_path / name)
    ran = run("summary", str(tmp_path / name), "--field", "params,macs")
    assert ran.out.split()[-2:] == [str(params), str(macs)], ran.err
