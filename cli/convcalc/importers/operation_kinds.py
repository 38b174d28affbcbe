"""What our operations are to a person who reads a model: what weighs, norms, activates."""

WEIGHTED = ("conv", "dwconv", "conv_transpose", "linear")
NORMS = ("batchnorm", "layernorm", "groupnorm", "instancenorm", "scale")
ACTIVATIONS = (
    *("relu", "relu6", "leaky_relu", "prelu", "elu", "sigmoid", "tanh", "silu", "hardswish"),
    *("hardsigmoid", "gelu", "mish", "softplus", "selu", "logsigmoid"),
)
LIGHT = frozenset((*NORMS, *ACTIVATIONS, "softmax", "dropout", "lrn"))  # their names are not written
