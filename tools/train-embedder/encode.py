"""Step 1: encode sampled sentences with the teacher and keep text and vectors in one folder."""

import argparse
import json
import random
import time
from pathlib import Path

import numpy as np

from augment import questions, turns
from corpus import read_corpus, sample
from teacher import Teacher
from tokenizer import Pieces


def teacher_pieces(model_folder: Path) -> Pieces:
    vocabulary = (model_folder / "vocab.txt").read_text(encoding="utf-8").split("\n")
    return Pieces(vocabulary[:-1] if vocabulary[-1] == "" else vocabulary)


def parse_quota(text: str) -> dict[str, int]:
    return {name: int(count) for name, count in (item.split("=") for item in text.split(","))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="sentences.tsv.gz")
    parser.add_argument("--teacher", type=Path, required=True, help="folder of the teacher's model")
    parser.add_argument("--out", type=Path, required=True, help="folder for the encoded sample")
    parser.add_argument("--quota", default="books=110000,docs=30000,oewn=100000,taskmaster=9988")
    parser.add_argument("--most-words", type=int, default=32)
    parser.add_argument("--most-tokens", type=int, default=48)
    parser.add_argument("--questions", type=int, default=0,
                        help="made from the sample, instead of it")
    parser.add_argument("--turns", type=int, default=0,
                        help="made from the sample, instead of it")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()

    sentences = sample(read_corpus(options.corpus), parse_quota(options.quota),
                       options.most_words, options.seed)
    if options.questions + options.turns > 0:
        generator = random.Random(options.seed)
        made = questions(sentences, options.questions, generator)
        sentences = made + turns(sentences, options.turns, generator)
    pieces = teacher_pieces(options.teacher)
    ids = [pieces.of_text(sentence)[:options.most_tokens] for sentence in sentences]
    started, last = time.monotonic(), 0.0

    def report(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic() - started
        if now - last > 15 or done == total:
            last = now
            print(f"{done}/{total} sentences, {now:.0f} s", flush=True)

    vectors = Teacher(options.teacher, options.threads).encode(ids, report)
    options.out.mkdir(parents=True, exist_ok=True)
    np.save(options.out / "vectors.npy", vectors.astype(np.float16))
    (options.out / "sentences.json").write_text(json.dumps(sentences))


if __name__ == "__main__":
    main()
