"""Makes the two tiny models of the tests: an embedder and a cross-encoder with random weights.
They are real models of the BERT family in all but what they know.

    python tiny.py --out ../../packages/server/src/providers/transformers/fixtures
"""

import argparse
import json
import string
import tempfile
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from export import export

SIZE, INNER, LAYERS, HEADS, PLACES = 32, 64, 1, 2, 128
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
CONFIG = {
    "architectures": ["BertModel"], "model_type": "bert", "hidden_act": "gelu",
    "hidden_size": SIZE, "intermediate_size": INNER, "num_hidden_layers": LAYERS,
    "num_attention_heads": HEADS, "max_position_embeddings": PLACES, "type_vocab_size": 2,
    "layer_norm_eps": 1e-12, "pad_token_id": 0, "position_embedding_type": "absolute",
}
TOKENIZER = {
    "tokenizer_class": "BertTokenizer", "do_lower_case": True, "model_max_length": PLACES,
    "unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]",
    "mask_token": "[MASK]",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    for name, labels in (("tiny-embedder", 0), ("tiny-reranker", 1)):
        with tempfile.TemporaryDirectory() as folder:
            write_source(Path(folder), labels)
            export(Path(folder), out / name)
        # Tests use q8 only, and give the files their names with underscores back.
        (out / name / "onnx" / "model.onnx").unlink()
        for file in list((out / name).rglob("*_*")):
            file.rename(file.with_name(file.name.replace("_", "-")))


def write_source(folder: Path, labels: int) -> None:
    letters = string.ascii_lowercase + string.digits
    vocabulary = WORDS + [*letters, *string.punctuation] + ["##" + letter for letter in letters]
    config = {**CONFIG, "vocab_size": len(vocabulary)}
    if labels:
        config.update(architectures=["BertForSequenceClassification"],
                      id2label={str(i): f"LABEL_{i}" for i in range(labels)})
    (folder / "vocab.txt").write_text("\n".join(vocabulary), "utf8")
    (folder / "config.json").write_text(json.dumps(config, indent=1), "utf8")
    (folder / "tokenizer_config.json").write_text(json.dumps(TOKENIZER, indent=1), "utf8")
    save_file(random_weights(len(vocabulary), labels), folder / "model.safetensors")


def random_weights(words: int, labels: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(7)
    weights: dict[str, np.ndarray] = {}

    def table(name: str, rows: int) -> None:
        weights[name + ".weight"] = random.normal(0, 1, (rows, SIZE)).astype(np.float32)

    def linear(name: str, outputs: int, inputs: int) -> None:
        spread = 1.5 / np.sqrt(inputs)
        weights[name + ".weight"] = random.normal(0, spread, (outputs, inputs)).astype(np.float32)
        weights[name + ".bias"] = random.normal(0, 0.1, outputs).astype(np.float32)

    def norm(name: str) -> None:
        weights[name + ".weight"] = np.ones(SIZE, np.float32)
        weights[name + ".bias"] = np.zeros(SIZE, np.float32)

    table("embeddings.word_embeddings", words)
    table("embeddings.position_embeddings", PLACES)
    table("embeddings.token_type_embeddings", 2)
    norm("embeddings.LayerNorm")
    for layer in range(LAYERS):
        base = f"encoder.layer.{layer}"
        for part in ("self.query", "self.key", "self.value", "output.dense"):
            linear(f"{base}.attention.{part}", SIZE, SIZE)
        linear(f"{base}.intermediate.dense", INNER, SIZE)
        linear(f"{base}.output.dense", SIZE, INNER)
        norm(f"{base}.attention.output.LayerNorm")
        norm(f"{base}.output.LayerNorm")
    if labels:
        linear("pooler.dense", SIZE, SIZE)
        linear("classifier", labels, SIZE)
    return weights


if __name__ == "__main__":
    main()
