"""Turns a folder with a BERT model's safetensors into one that Reverie's transformers provider
reads: config.json, tokenizer.json, tokenizer_config.json, onnx/model.onnx and, for q8,
onnx/model_quantized.onnx.

    python export.py --model FOLDER --out FOLDER
"""

import argparse
import json
import shutil
from pathlib import Path

import onnx
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file
from tokenizers import BertWordPieceTokenizer

from graph import build_graph

# Beside the weights; the last two say how sentence-transformers pools and prefixes.
COPIED = ["config.json", "tokenizer_config.json", "special_tokens_map.json",
          "1_Pooling/config.json", "config_sentence_transformers.json"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    export(arguments.model, arguments.out)


def export(source: Path, target: Path) -> None:
    config = json.loads((source / "config.json").read_text("utf8"))
    check(config)
    weights = load_file(source / "model.safetensors")
    copy_files(source, target)
    write_tokenizer(source, target)
    write_model(build_graph(weights, config), target)


def check(config: dict) -> None:
    """Another architecture would give a graph that runs and answers nonsense."""
    known = {"model_type": "bert", "hidden_act": "gelu", "position_embedding_type": "absolute"}
    for name, value in known.items():
        if config.get(name, value) != value:
            raise SystemExit(f"config.json: {name} is {config[name]}, only {value} is known here. "
                             "Use optimum-cli, as the README says.")


def copy_files(source: Path, target: Path) -> None:
    for name in COPIED:
        if (source / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, target / name)


def write_tokenizer(source: Path, target: Path) -> None:
    """From tokenizer.json, else from vocab.txt. Cutting and padding are the caller's: a file that
    names a fixed length would pad every text to it."""
    target.mkdir(parents=True, exist_ok=True)
    if (source / "tokenizer.json").exists():
        tokenizer = json.loads((source / "tokenizer.json").read_text("utf8"))
    else:
        settings = json.loads((source / "tokenizer_config.json").read_text("utf8"))
        made = BertWordPieceTokenizer(str(source / "vocab.txt"),
                                      lowercase=settings.get("do_lower_case", True))
        tokenizer = json.loads(made.to_str())
    tokenizer.update(truncation=None, padding=None)
    text = json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":"))
    (target / "tokenizer.json").write_text(text, "utf8")


def write_model(model: onnx.ModelProto, target: Path) -> None:
    folder = target / "onnx"
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(model, folder / "model.onnx")
    quantize_dynamic(folder / "model.onnx", folder / "model_quantized.onnx",
                     weight_type=QuantType.QInt8, per_channel=True,
                     # The scores of attention are made of two activations: those stay in float.
                     extra_options={"MatMulConstBOnly": True})


if __name__ == "__main__":
    main()
