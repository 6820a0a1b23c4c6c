"""Table, teacher and words side by side on data sets: recall@10 and nDCG@10, as Markdown.

Words are BM25 over stems. A sum is words / their best + WEIGHT x trust x cosine / its best, as the
product does it; trust is how much of the question's information stands in words of the table (0 at
half of it, 1 at four fifths). With the thread window, a turn's words count together with those of
its neighbours (half at distance one, a quarter at two); a cosine then takes the vectors of the
window, a sum takes the turn's own vector. The product adds the whole thread, entities and speakers,
which are left out here, and so are captions.
"""

import argparse
import json
import math
from datetime import date
from pathlib import Path

import numpy as np

from encode import teacher_pieces
from evaluate import TOP, load_groups
from lexical import Words, terms_of, window_matrix
from table import Table, read_table
from teacher import Teacher
from tokenizer import words

WEIGHT = 0.9
TRUST_FLOOR, TRUST_FULL = 0.5, 0.8
TEACHER_PIECES = 254
METHODS = ("table", "teacher", "words", "words + table", "words + teacher")
RESAMPLES = 2000


def measure(scores: np.ndarray, golds: list[set[int]]) -> np.ndarray:
    """[queries, 2]: fractional recall and nDCG of the first TOP."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, :TOP]
    result = np.zeros((len(golds), 2))
    for number, (ranked, gold) in enumerate(zip(order, golds)):
        gains = [1 / math.log2(rank + 2) for rank in range(TOP)]
        hits = [int(doc) in gold for doc in ranked]
        best = sum(gains[:min(len(gold), TOP)])
        result[number] = (sum(hits) / len(gold), sum(g for g, h in zip(gains, hits) if h) / best)
    return result


def by_best(scores: np.ndarray) -> np.ndarray:
    """Each query's scores divided by its best; what is below nothing counts as nothing."""
    return np.maximum(scores, 0) / np.maximum(scores.max(axis=1, keepdims=True), 1e-9)


def trust_in(table: Table, text: str) -> float:
    """The product's trust in the vector of a question (query.ts and builtin-embedder.ts)."""
    known = total = 0.0
    for word in words(text):
        if not any(c.isalnum() for c in word):
            continue
        row = table.pieces.rows.get(word) if word.isascii() and word.isalnum() else None
        weight = table.unknown_weight if row is None else table.weights[row] * table.weight_step
        known += 0 if row is None else weight
        total += weight
    coverage = known / total if total else 0
    return min(1, max(0, (coverage - TRUST_FLOOR) / (TRUST_FULL - TRUST_FLOOR)))


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def compare_group(group: dict, embedders: dict, table: Table, language: str) -> dict:
    """`{(method, with window): [queries, 2]}` of one corpus."""
    queries = [text for text, _ in group["queries"]]
    golds = [gold for _, gold in group["queries"]]
    docs = [terms_of(text, language) for text in group["docs"]]
    asked = [terms_of(text, language) for text in queries]
    window = window_matrix(group["parents"])
    trust = np.array([[trust_in(table, text)] for text in queries])
    found = {}
    vectors = {name: (embed(queries), embed(group["docs"])) for name, embed in embedders.items()}
    for windowed in (False, True):
        bm25 = by_best(Words(docs, window if windowed else None).scores(asked).toarray())
        found["words", windowed] = measure(bm25, golds)
        for name, (query_rows, doc_rows) in vectors.items():
            cosines = query_rows @ doc_rows.T
            rows = unit(window @ doc_rows) if windowed else doc_rows
            found[name, windowed] = measure(query_rows @ rows.T, golds)
            fused = bm25 + WEIGHT * trust * by_best(cosines)
            found[f"words + {name}", windowed] = measure(fused, golds)
    return found


def line_of(title: str, found: dict, windowed: bool) -> str:
    cells = [title, str(len(found["words", windowed])), "yes" if windowed else "no"]
    for method in METHODS:
        values = found.get((method, windowed))
        cells.append("-" if values is None else
                     " / ".join(f"{v:.3f}".lstrip("0") for v in values.mean(axis=0)))
    return "| " + " | ".join(cells) + " |"


def difference(title: str, new: dict, old: dict) -> list[str]:
    """New minus old table in points, with a 95% interval of resampled queries."""
    generator = np.random.default_rng(7)
    lines = []
    for method, windowed in (("table", False), ("words + table", False), ("words + table", True)):
        gaps = (new[method, windowed] - old[method, windowed]) * 100
        picked = generator.integers(0, len(gaps), (RESAMPLES, len(gaps)))
        means = gaps[picked].mean(axis=1)
        low, high = np.percentile(means, [2.5, 97.5], axis=0)
        cells = [f"{m:+.1f} ({a:+.1f} to {b:+.1f})"
                 for m, a, b in zip(gaps.mean(axis=0), low, high)]
        name = method + (", window" if windowed else "")
        lines.append(f"| {title} | {len(gaps)} | {name} | {cells[0]} | {cells[1]} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--table", type=Path, required=True, help="a builtin-embedder.bin")
    parser.add_argument("--teacher", type=Path, help="folder of the teacher's model")
    parser.add_argument("--against", type=Path, help="another table, compared query by query")
    options = parser.parse_args()
    table = read_table(options.table)
    embedders = {"table": table.embed}
    if options.teacher:
        pieces, teacher = teacher_pieces(options.teacher), Teacher(options.teacher, 2)
        embedders["teacher"] = lambda texts: teacher.encode(
            [pieces.of_text(text)[:TEACHER_PIECES] for text in texts])
    other = read_table(options.against) if options.against else None

    print(f"{date.today()}, {table.model}, recall@10 / nDCG@10\n")
    print("| set | n | window | " + " | ".join(METHODS) + " |")
    print("| --- | --- | --- |" + " --- |" * len(METHODS))
    gaps: list[str] = []
    for path in options.data:
        name = json.loads(path.read_text())["name"]
        parts, others = {}, {}
        groups = load_groups(path, True)
        for group in groups:
            languages = [part for part in (group["group"], name.split("-")[-1]) if len(part) == 2]
            language = languages[0] if languages else "en"
            many = len(groups) > 1 and len(group["group"]) == 2
            title = f"{name} {group['group']}" if many else name
            parts.setdefault(title, []).append(compare_group(group, embedders, table, language))
            if other:
                others.setdefault(title, []).append(
                    compare_group(group, {"table": other.embed}, table, language))
        for title, found in parts.items():
            whole = joined(found)
            for windowed in (False, True):
                print(line_of(title, whole, windowed), flush=True)
            if other:
                gaps += difference(title, whole, joined(others[title]))
    if gaps:
        print(f"\nMinus {other.model} ({options.against.name}), points, 95% by resampling:\n")
        print("| set | n | method | recall@10 | nDCG@10 |\n| --- | --- | --- | --- | --- |")
        print("\n".join(gaps))


def joined(found: list[dict]) -> dict:
    return {key: np.concatenate([part[key] for part in found]) for key in found[0]}


if __name__ == "__main__":
    main()
