"""Step 2: distil the teacher into an int8 table of word and piece rows.

A sentence's vector is the normalised sum of its rows, a row that occurs n times counting sqrt(n)
times; a row's length is its weight. Rows start as the teacher's vector of the word alone, projected
on the main components of its sentence vectors and weighted by frequency (SIF: a / (a + p)).
Training pulls the sentence vectors towards the teacher's (cosine) and the similarities inside a
batch towards the teacher's similarities (cross-entropy of softmax rows). The result is blended with
the start and loses part of its most common direction.
"""

import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np
from scipy import sparse

from corpus import read_corpus
from encode import teacher_pieces
from evaluate import evaluate, load_groups
from table import HEADER_BYTES, Table, quantise, write_table
from teacher import Teacher
from tokenizer import Pieces
from vocabulary import (FIRST_PIECE, count_words, document_weights, keep_piece, row_shares,
                        whole_words)

MODEL = "reverie-static-256-v1"
WEIGHT_STEP = 1 / 16
"""Nats per step of the byte that keeps a row's document weight."""
HELD_OUT = 12000


def choose_vocabulary(teacher: Pieces, counts: Counter, options) -> list[str]:
    """Teacher pieces, then frequent whole words, as many as fit into the file."""
    ordered = sorted(teacher.rows, key=teacher.rows.__getitem__)[FIRST_PIECE:]
    chosen = [piece for piece in ordered if keep_piece(piece, options.scripts)]
    bytes_per_row = options.dimension + 5
    left = options.most_bytes - HEADER_BYTES - 16
    left -= sum(bytes_per_row + len(piece.encode()) + 1 for piece in chosen)
    for word in whole_words(counts, teacher, options.least_count):
        left -= bytes_per_row + len(word) + 1
        if left < 0:
            break
        chosen.append(word)
    return chosen


def components(vectors: np.ndarray, dimension: int) -> np.ndarray:
    """The first main directions [384, dimension] of the sentence vectors, not centred."""
    values, directions = np.linalg.eigh(vectors.T @ vectors)
    basis = directions[:, ::-1][:, :dimension]
    kept = values[::-1][:dimension].sum() / values.sum()
    print(f"{dimension} components keep {kept:.4f} of the length", flush=True)
    return basis * np.sign(basis[np.abs(basis).argmax(axis=0), np.arange(dimension)])


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def count_matrix(ids: list[list[int]], rows: int) -> sparse.csr_matrix:
    places = np.concatenate([np.array(sequence, np.int32) for sequence in ids])
    ends = np.cumsum([0] + [len(sequence) for sequence in ids])
    matrix = sparse.csr_matrix((np.ones(len(places), np.float32), places, ends),
                               shape=(len(ids), rows))
    matrix.sum_duplicates()
    matrix.data = np.sqrt(matrix.data)
    return matrix


def softmax_off_diagonal(scores: np.ndarray) -> np.ndarray:
    np.fill_diagonal(scores, -np.inf)
    scores -= scores.max(axis=1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=1, keepdims=True)
    return scores


def batch_gradient(sums: np.ndarray, full: np.ndarray, target: np.ndarray, options) -> np.ndarray:
    """d loss / d sums for one batch. `full` are the teacher's vectors, `target` their
    projection."""
    student, lengths = normalised(sums)
    gradient = -options.cosine * target
    if options.relation > 0:
        heat = options.temperature
        wanted = softmax_off_diagonal(full @ full.T / heat)
        given = softmax_off_diagonal(student @ student.T / heat)
        given -= wanted
        gradient += options.relation * (given + given.T) @ student / heat
    return across(gradient, student, lengths)


def normalised(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    lengths = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return sums / lengths, lengths


def across(gradient: np.ndarray, student: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Turns a gradient for unit vectors into one for the sums that they were made from."""
    gradient = gradient - (gradient * student).sum(axis=1, keepdims=True) * student
    return gradient / lengths / len(student)


class Adam:
    """Adam that touches only the rows of a batch, with decay towards the starting table."""

    def __init__(self, rows: np.ndarray, decay: float):
        self.start, self.decay = rows.copy(), decay
        self.mean, self.square = np.zeros_like(rows), np.zeros_like(rows)
        self.steps = np.zeros((len(rows), 1), np.float32)

    def step(self, rows: np.ndarray, touched: np.ndarray, gradient: np.ndarray, rate: float):
        self.steps[touched] += 1
        mean = 0.9 * self.mean[touched] + 0.1 * gradient
        square = 0.99 * self.square[touched] + 0.01 * gradient * gradient
        self.mean[touched], self.square[touched] = mean, square
        count = self.steps[touched]
        mean = mean / (1 - 0.9 ** count)
        square = np.sqrt(square / (1 - 0.99 ** count))
        pull = self.decay * (rows[touched] - self.start[touched])
        rows[touched] -= rate * (mean / (square + 1e-8) + pull)


def blended(rows: np.ndarray, start: np.ndarray, share: float) -> np.ndarray:
    """`share` of the trained table and the rest of the starting one, brought to the same scale.

    The starting table is closer to the words themselves, the trained one to the teacher: the blend
    finds more than either on every data set that was looked at.
    """
    scale = np.median(np.linalg.norm(rows, axis=1)) / np.median(np.linalg.norm(start, axis=1))
    return share * rows + (1 - share) * scale * start


def without_common(rows: np.ndarray, matrix: sparse.csr_matrix, share: float) -> np.ndarray:
    """Takes `share` of the sentence vectors' main direction, which says little, out of every
    row."""
    student = unit(matrix @ rows)
    direction = np.linalg.eigh(student.T @ student)[1][:, -1:]
    return rows - share * (rows @ direction) @ direction.T


def agreement(rows: np.ndarray, matrix: sparse.csr_matrix, vectors: np.ndarray,
              basis: np.ndarray) -> tuple[float, float]:
    """Held-out: mean cosine with the teacher, and share of the teacher's top 10 in the table's."""
    student = unit(matrix @ rows)
    cosine = float((student * unit(vectors @ basis)).sum(axis=1).mean())
    queries = slice(0, 1500)
    wanted, given = vectors[queries] @ vectors.T, student[queries] @ student.T
    for scores in (wanted, given):
        np.fill_diagonal(scores, -9)
    tops = [np.argpartition(-scores, 10, axis=1)[:, :10] for scores in (wanted, given)]
    shared = [len(set(a.tolist()) & set(b.tolist())) / 10 for a, b in zip(*tops)]
    return cosine, float(np.mean(shared))


def train(rows: np.ndarray, matrix: sparse.csr_matrix, vectors: np.ndarray, basis: np.ndarray,
          options, held_out, report) -> np.ndarray:
    """The best table by held-out cosine plus held-out top-10 agreement."""
    generator = np.random.default_rng(options.seed)
    adam, best, best_score = Adam(rows, options.decay), rows.copy(), -1.0
    count = matrix.shape[0]
    batches = count // options.batch
    total, done = batches * options.epochs, 0
    for epoch in range(options.epochs):
        order = generator.permutation(count)
        for number in range(batches):
            chosen = np.sort(order[number * options.batch:(number + 1) * options.batch])
            part, full = matrix[chosen], vectors[chosen]
            touched = np.unique(part.indices)
            part = part[:, touched]
            sums = part @ rows[touched]
            gradient = part.T @ batch_gradient(sums, full, unit(full @ basis), options)
            adam.step(rows, touched, gradient, options.rate * (1 - done / total))
            done += 1
        cosine, shared = agreement(rows, *held_out, basis)
        report(f"epoch {epoch + 1}: held-out cosine {cosine:.4f}, top-10 agreement {shared:.4f}",
               rows)
        if cosine + shared > best_score:
            best, best_score = rows.copy(), cosine + shared
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpus", type=Path, required=True, help="sentences.tsv.gz")
    parser.add_argument("--teacher", type=Path, required=True, help="folder of the teacher's model")
    parser.add_argument("--encoded", type=Path, nargs="+", required=True,
                        help="folders of encode.py; the first also gives the held-out part")
    parser.add_argument("--out", type=Path, required=True, help="builtin-embedder.bin")
    parser.add_argument("--watch", type=Path, nargs="*", default=[], help="data sets to report on")
    parser.add_argument("--scripts", choices=["latin", "all"], default="latin")
    parser.add_argument("--least-count", type=int, default=3)
    parser.add_argument("--most-bytes", type=int, default=9_990_000)
    parser.add_argument("--dimension", type=int, default=256)
    parser.add_argument("--sif", type=float, default=1e-3)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--batch", type=int, default=1024)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--cosine", type=float, default=1.0)
    parser.add_argument("--relation", type=float, default=0.1)
    parser.add_argument("--temperature", type=float, default=0.05)
    parser.add_argument("--decay", type=float, default=0.1)
    parser.add_argument("--blend", type=float, default=0.65)
    parser.add_argument("--common", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()

    pairs = read_corpus(options.corpus)
    teacher_words = teacher_pieces(options.teacher)
    counts = count_words([text for _, text in pairs])
    vocabulary = choose_vocabulary(teacher_words, counts, options)
    pieces = Pieces(vocabulary)
    sentences = [s for folder in options.encoded
                 for s in json.loads((folder / "sentences.json").read_text())]
    vectors = np.concatenate([np.load(folder / "vectors.npy") for folder in options.encoded])
    ids = [pieces.of_text(sentence)[:64] for sentence in sentences]
    vectors = vectors.astype(np.float32)
    print(f"{len(vocabulary)} rows, {len(sentences)} sentences", flush=True)

    own = [[teacher_words.rows[p]] if p in teacher_words.rows else teacher_words.of_word(p)
           for p in vocabulary]
    alone = Teacher(options.teacher, 2).encode(own)
    basis = components(vectors, options.dimension)
    shares = row_shares(vocabulary, ids, teacher_words.rows)
    rows = unit(alone @ basis) * (options.sif / (options.sif + shares))[:, None]
    rows = rows.astype(np.float32)

    watched = {path.stem: load_groups(path, True) for path in options.watch}
    weights = document_weights(vocabulary, counts, len(pairs), teacher_words.rows)
    weights = np.rint(weights / WEIGHT_STEP).clip(1, 255)

    def as_table(values: np.ndarray) -> Table:
        quantised, scales = quantise(values)
        return Table(MODEL, vocabulary, scales, weights, WEIGHT_STEP, float(weights.max()) *
                     WEIGHT_STEP, quantised)

    def report(line: str, values: np.ndarray) -> None:
        table = as_table(values)
        extra = [f"{name} {evaluate(groups, table.embed):.4f}" for name, groups in watched.items()]
        print(", ".join([line, *extra]), flush=True)

    matrix = count_matrix(ids, len(vocabulary))
    held_out = (matrix[:HELD_OUT], vectors[:HELD_OUT])
    cosine, shared = agreement(rows, *held_out, basis)
    report(f"start: held-out cosine {cosine:.4f}, top-10 agreement {shared:.4f}", rows)
    start = rows.copy()
    rows = train(rows, matrix[HELD_OUT:], vectors[HELD_OUT:], basis, options, held_out, report)
    rows = without_common(blended(rows, start, options.blend), matrix[:HELD_OUT], options.common)
    digest = write_table(options.out, as_table(rows))
    report("written: held-out cosine %.4f, top-10 agreement %.4f"
           % agreement(rows, *held_out, basis), rows)
    print(f"{options.out.stat().st_size} bytes, sha-256 {digest}")


if __name__ == "__main__":
    main()
