"""A BERT encoder as an ONNX graph, built from its weights with standard operators only.

The inputs are what tokenizers of this family give: input_ids, attention_mask and token_type_ids,
each [batch, length] int64. The output is last_hidden_state [batch, length, size], or
logits [batch, labels] for a model with a classification head (a cross-encoder).
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
# What is added to the attention score of padding; exp() of it is zero in float32.
MASKED = -1e9


class Builder:
    """Collects nodes and constants; each method returns the name of what it made."""

    def __init__(self):
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, value, kind=np.float32) -> str:
        name = f"c{len(self.constants)}"
        array = np.ascontiguousarray(np.array(value, kind))
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def node(self, kind: str, *inputs: str, output: str | None = None, **attributes) -> str:
        name = output or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def integers(self, *values: int) -> str:
        return self.constant(values, np.int64)

    def linear(self, source: str, weights, name: str, output: str | None = None) -> str:
        """PyTorch keeps the weight as [out, in]."""
        product = self.node("MatMul", source, self.constant(weights[name + ".weight"].T))
        return self.node("Add", product, self.constant(weights[name + ".bias"]), output=output)

    def layer_norm(self, source: str, weights, name: str, epsilon: float, output=None) -> str:
        return self.node("LayerNormalization", source, self.constant(weights[name + ".weight"]),
                         self.constant(weights[name + ".bias"]), output=output, axis=-1,
                         epsilon=epsilon)

    def gelu(self, source: str) -> str:
        error = self.node("Erf", self.node("Div", source, self.constant(np.sqrt(2.0))))
        half = self.node("Mul", source, self.constant(0.5))
        return self.node("Mul", half, self.node("Add", error, self.constant(1.0)))


def build_graph(weights: dict[str, np.ndarray], config: dict) -> onnx.ModelProto:
    """`weights` by the names of PyTorch's BertModel or BertForSequenceClassification."""
    weights = {name.removeprefix("bert."): value for name, value in weights.items()}
    builder = Builder()
    state = embed(builder, weights, config)
    mask = attention_bias(builder)
    layers = config["num_hidden_layers"]
    is_classifier = "classifier.weight" in weights
    for layer in range(layers):
        is_output = layer == layers - 1 and not is_classifier
        state = encoder_layer(builder, weights, config, f"encoder.layer.{layer}", state, mask,
                              "last_hidden_state" if is_output else None)
    shape = ["batch", "length", config["hidden_size"]]
    if is_classifier:
        first = builder.node("Gather", state, builder.constant(0, np.int64), axis=1)
        pooled = builder.node("Tanh", builder.linear(first, weights, "pooler.dense"))
        state = builder.linear(pooled, weights, "classifier", "logits")
        shape = ["batch", weights["classifier.weight"].shape[0]]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
              for name in INPUTS]
    output = helper.make_tensor_value_info(state, TensorProto.FLOAT, shape)
    graph = helper.make_graph(builder.nodes, "bert", inputs, [output], builder.constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    onnx.checker.check_model(model)
    return model


def embed(builder: Builder, weights, config) -> str:
    words = builder.node("Gather", builder.constant(weights["embeddings.word_embeddings.weight"]),
                         "input_ids")
    length = builder.node("Slice", builder.node("Shape", "input_ids"), builder.integers(1),
                          builder.integers(2))
    places = builder.constant(weights["embeddings.position_embeddings.weight"])
    place = builder.node("Slice", places, builder.integers(0), length, builder.integers(0))
    types = builder.constant(weights["embeddings.token_type_embeddings.weight"])
    kind = builder.node("Gather", types, "token_type_ids")
    state = builder.node("Add", builder.node("Add", words, kind), place)
    return builder.layer_norm(state, weights, "embeddings.LayerNorm", config["layer_norm_eps"])


def attention_bias(builder: Builder) -> str:
    """[batch, 1, 1, length]: 0 for a token, MASKED for padding."""
    mask = builder.node("Cast", "attention_mask", to=TensorProto.FLOAT)
    padding = builder.node("Sub", builder.constant(1.0), mask)
    bias = builder.node("Mul", padding, builder.constant(MASKED))
    return builder.node("Unsqueeze", bias, builder.integers(1, 2))


def encoder_layer(builder: Builder, weights, config, base: str, state: str, mask: str,
                  output: str | None) -> str:
    heads, size = config["num_attention_heads"], config["hidden_size"]
    epsilon = config["layer_norm_eps"]
    head_size = size // heads

    def split(part: str, order: list[int]) -> str:
        flat = builder.linear(state, weights, f"{base}.attention.self.{part}")
        shaped = builder.node("Reshape", flat, builder.integers(0, 0, heads, head_size))
        return builder.node("Transpose", shaped, perm=order)

    queries, keys = split("query", [0, 2, 1, 3]), split("key", [0, 2, 3, 1])
    values = split("value", [0, 2, 1, 3])
    scores = builder.node("MatMul", queries, keys)
    scores = builder.node("Mul", scores, builder.constant(1 / np.sqrt(head_size)))
    shares = builder.node("Softmax", builder.node("Add", scores, mask), axis=-1)
    context = builder.node("Transpose", builder.node("MatMul", shares, values), perm=[0, 2, 1, 3])
    context = builder.node("Reshape", context, builder.integers(0, 0, size))
    context = builder.linear(context, weights, f"{base}.attention.output.dense")
    state = builder.layer_norm(builder.node("Add", context, state), weights,
                               f"{base}.attention.output.LayerNorm", epsilon)
    inner = builder.gelu(builder.linear(state, weights, f"{base}.intermediate.dense"))
    inner = builder.linear(inner, weights, f"{base}.output.dense")
    return builder.layer_norm(builder.node("Add", inner, state), weights,
                              f"{base}.output.LayerNorm", epsilon, output)
