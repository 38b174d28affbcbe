"""A graph that is drawn layer by layer, and the text that is written of it."""

from convcalc.importers.graph import GraphBuilder
from convcalc.importers.pipeline import describe
from convcalc.importers.writing.document import Origin
from convcalc.network.overrides import Overrides
from convcalc.reader.source import Source
from convcalc.specs.opening import load_source
from convcalc.specs.reading_back import difference


class Drawn:
    """Maps of 4x8x8 but behind a pool or a stride; a convolution is 1x1, of 4 × 4 = 16 weights."""

    def __init__(self):
        self.builder = GraphBuilder("net", (4, 8, 8))
        self.scope = ()

    def conv(self, source, channels=4, kernel=1, shares=None, stride=1, name="", **more):
        entering, *axes = self.builder.shape(source)
        output = (channels, *(-(-size // stride) for size in axes))
        weights = entering * kernel * kernel * channels
        return self.builder.add(
            "conv",
            source,
            output=output,
            params=0 if shares is not None else weights,
            macs=weights * output[1] * output[2],
            name=name,
            scope=self.scope,
            shares=shares,
            kernel_size=(kernel, kernel),
            stride=(stride, stride),
            padding="same",
            out_channels=channels,
            **more,
        )

    def dwconv(self, source, kernel=3, name=""):
        channels, *axes = self.builder.shape(source)
        weights = channels * kernel * kernel
        return self.builder.add(
            "dwconv",
            source,
            output=(channels, *axes),
            params=weights,
            macs=weights * axes[0] * axes[1],
            name=name,
            scope=self.scope,
            kernel_size=(kernel, kernel),
            padding="same",
        )

    def layer(self, op, *sources, name="", **options):
        shape = self.builder.shape(sources[0])
        return self.builder.add(op, *sources, output=shape, name=name, scope=self.scope, **options)

    def norm(self, source, name=""):
        channels = self.builder.shape(source)[0]
        return self.builder.add(
            "batchnorm",
            source,
            output=self.builder.shape(source),
            params=2 * channels,
            name=name,
            scope=self.scope,
        )

    def concat(self, *sources):
        channels = sum(self.builder.shape(source)[0] for source in sources)
        return self.builder.add(
            "concat", *sources, output=(channels, *self.builder.shape(sources[0])[1:])
        )

    def pool(self, source, name=""):
        channels, *axes = self.builder.shape(source)
        output = (channels, *(size // 2 for size in axes))
        return self.builder.add(
            "maxpool", source, output=output, name=name, kernel_size=(2, 2), stride=(2, 2)
        )

    def enlarged(self, source):
        """Twice the size and half the channels, by a transposed convolution of 2x2/2."""
        channels, *axes = self.builder.shape(source)
        weights = channels * channels // 2 * 4
        return self.builder.add(
            "conv_transpose",
            source,
            output=(channels // 2, *(2 * size for size in axes)),
            params=weights,
            macs=weights * axes[0] * axes[1],
            kernel_size=(2, 2),
            stride=(2, 2),
            out_channels=channels // 2,
        )

    def text(self, *heads):
        """The text, which says what the graph says."""
        self.builder.heads = list(heads)
        graph = self.builder.graph("test", "nodes", len(self.builder.nodes))
        description = describe(graph, Origin("net", "net", "net", "0"))
        text = description.text
        (network,) = load_source(Source("net", "net", "net", text.encode()), None, Overrides())
        assert difference(description, network) is None, text
        assert network.total_with_aux.params == graph.params
        return text

    def written(self, *heads):
        """The lines of the layers."""
        return _between(self.text(*heads), "layers:\n", "expect:")

    def defined(self, *heads):
        """The lines of the blocks."""
        return _between(self.text(*heads), "define:\n", "layers:")


def _between(text, start, stop):
    body = text[text.index(start) + len(start) : text.index(stop)]
    return [line.strip() for line in body.splitlines()]
