"""The teacher, all-MiniLM-L6-v2, as an ONNX graph run by onnxruntime on the CPU.

Sentences of equal length share a batch, so that no padding and no mask is needed.
"""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

LAYERS, HEADS, SIZE = 6, 12, 384
LAYER_NORM_EPSILON = 1e-12
TOKENS_PER_BATCH = 4096
CLS, SEP = 101, 102


def build_graph(weights: dict[str, np.ndarray]) -> onnx.ModelProto:
    """A graph ids [batch, length] int64 -> mean-pooled vectors [batch, 384], not normalised."""
    constants: list[onnx.TensorProto] = []
    nodes: list[onnx.NodeProto] = []

    def constant(name: str, value: np.ndarray) -> str:
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(kind: str, inputs: list[str], name: str, domain: str = "", **attributes) -> str:
        nodes.append(helper.make_node(kind, inputs, [name], name=name, domain=domain, **attributes))
        return name

    def linear(source: str, prefix: str, name: str) -> str:
        weight = constant(name + "_w", weights[prefix + ".weight"].T)
        bias = constant(name + "_b", weights[prefix + ".bias"])
        return node("Add", [node("MatMul", [source, weight], name + "_mm"), bias], name)

    def layer_norm(source: str, prefix: str, name: str) -> str:
        scale = constant(name + "_g", weights[prefix + ".weight"])
        bias = constant(name + "_b", weights[prefix + ".bias"])
        return node("LayerNormalization", [source, scale, bias], name, axis=-1,
                    epsilon=LAYER_NORM_EPSILON)

    words = constant("words", weights["embeddings.word_embeddings.weight"])
    places = constant("places", weights["embeddings.position_embeddings.weight"]
                      + weights["embeddings.token_type_embeddings.weight"][0])
    length = node("Slice", [node("Shape", ["ids"], "shape"), constant("one", np.array([1])),
                            constant("two", np.array([2]))], "length")
    place = node("Slice", [places, constant("zero", np.array([0])), length], "place")
    state = node("Add", [node("Gather", [words, "ids"], "word"), place], "embedded")
    state = layer_norm(state, "embeddings.LayerNorm", "embedded_norm")
    for layer in range(LAYERS):
        base, tag = f"encoder.layer.{layer}", f"l{layer}"
        attention = f"{base}.attention.self"
        qkv = ["query", "key", "value"]
        weight = np.concatenate([weights[f"{attention}.{part}.weight"].T for part in qkv], axis=1)
        bias = np.concatenate([weights[f"{attention}.{part}.bias"] for part in qkv])
        context = node("Attention", [state, constant(tag + "_qkv", weight),
                                     constant(tag + "_qkv_b", bias)],
                       tag + "_context", domain="com.microsoft", num_heads=HEADS)
        context = linear(context, f"{base}.attention.output.dense", tag + "_out")
        state = layer_norm(node("Add", [context, state], tag + "_res1"),
                           f"{base}.attention.output.LayerNorm", tag + "_norm1")
        inner = linear(state, f"{base}.intermediate.dense", tag + "_inner")
        inner = node("Gelu", [inner], tag + "_gelu", domain="com.microsoft")
        inner = linear(inner, f"{base}.output.dense", tag + "_ff")
        state = layer_norm(node("Add", [inner, state], tag + "_res2"),
                           f"{base}.output.LayerNorm", tag + "_norm2")
    node("ReduceMean", [state, constant("axis", np.array([1]))], "pooled", keepdims=0)
    graph = helper.make_graph(
        nodes, "teacher",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "length"])],
        [helper.make_tensor_value_info("pooled", TensorProto.FLOAT, ["batch", SIZE])], constants)
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=9)


class Teacher:
    """Encodes token id sequences; results come back in the order of the input."""

    def __init__(self, model_folder: Path, threads: int):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        model = build_graph(load_file(model_folder / "model.safetensors"))
        self.session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"])

    def encode(self, sequences: list[list[int]], report=None) -> np.ndarray:
        """Unit-length float32 rows [n, 384]; [CLS] and [SEP] are added here."""
        result = np.empty((len(sequences), SIZE), np.float32)
        by_length: dict[int, list[int]] = {}
        for index, sequence in enumerate(sequences):
            by_length.setdefault(len(sequence), []).append(index)
        done = 0
        for length, members in sorted(by_length.items()):
            size = max(1, TOKENS_PER_BATCH // (length + 2))
            for start in range(0, len(members), size):
                batch = members[start:start + size]
                ids = np.array([[CLS, *sequences[i], SEP] for i in batch], np.int64)
                result[batch] = self.session.run(["pooled"], {"ids": ids})[0]
                done += len(batch)
                if report:
                    report(done, len(sequences))
        result /= np.maximum(np.linalg.norm(result, axis=1, keepdims=True), 1e-9)
        return result
