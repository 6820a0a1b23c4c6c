"""Step 3: turn-level retrieval of a table, or of the teacher itself, on data sets.

A data set is `{name, groups: [{group, docs: [{id, speaker?, text}], queries: [{text, category,
gold}]}]}`; one group is one corpus. recall@10 is fractional: |gold in
the top 10| / |gold|, mean over queries.
"""

import argparse
import json
import math
import re
from collections import Counter
from pathlib import Path

import numpy as np
import snowballstemmer

ADVERSARIAL = {"locomo-dev": {"5"}}
"""LoCoMo's category 5 asks about what was never said; it has no gold turns to find."""
TOP = 10


def load_groups(path: Path, with_speaker: bool) -> list[dict]:
    """Groups as `{docs: [text], queries: [(text, gold rows)]}`."""
    data = json.loads(path.read_text())
    skipped = ADVERSARIAL.get(data["name"], set())
    groups = []
    for group in data["groups"]:
        place = {doc["id"]: row for row, doc in enumerate(group["docs"])}
        texts = [f"{d['speaker']}: {d['text']}" if with_speaker and d.get("speaker") else d["text"]
                 for d in group["docs"]]
        queries = []
        for query in group["queries"]:
            gold = {place[g] for g in query["gold"] if g in place}
            if gold and str(query.get("category")) not in skipped:
                queries.append((query["text"], gold))
        if queries:
            groups.append({"docs": texts, "queries": queries})
    return groups


STOP_WORDS = set("""
    a about after again all also am an and any are as at be been before but by can could did do
    does doing for from had has have having he her here him his how i if in into is it its just me
    more my no not of on or our out over she should so some such than that the their them then
    there these they this those through to too up us was we were what when where which while who
    whom why will with would you your
""".split())
STEMMER = snowballstemmer.stemmer("english")


def terms_of(text: str) -> list[str]:
    words = [word for word in re.findall(r"\w+", text.lower()) if word not in STOP_WORDS]
    return STEMMER.stemWords(words)


def bm25(docs: list[str], queries: list[str], k1: float = 1.2, b: float = 0.75) -> np.ndarray:
    """Scores [queries, docs] of a plain BM25 over stems, for the fusion check only."""
    split = [terms_of(text) for text in docs]
    mean = sum(map(len, split)) / len(split)
    postings: dict[str, list[tuple[int, int]]] = {}
    for row, terms in enumerate(split):
        for term, count in Counter(terms).items():
            postings.setdefault(term, []).append((row, count))
    scores = np.zeros((len(queries), len(docs)), np.float32)
    for number, query in enumerate(queries):
        for term in set(terms_of(query)):
            found = postings.get(term, [])
            idf = math.log(1 + (len(docs) - len(found) + 0.5) / (len(found) + 0.5))
            for row, count in found:
                norm = k1 * (1 - b + b * len(split[row]) / mean)
                scores[number, row] += idf * count * (k1 + 1) / (count + norm)
    return scores


def recall_at(scores: np.ndarray, golds: list[set[int]], top: int = TOP) -> list[float]:
    order = np.argsort(-scores, axis=1, kind="stable")[:, :top]
    return [len(gold & set(row.tolist())) / len(gold) for row, gold in zip(order, golds)]


def evaluate(groups: list[dict], embed, fusion_weight: float | None = None) -> float:
    """Mean recall@10 of `embed(texts) -> unit rows`, alone or added to BM25 / max."""
    found: list[float] = []
    for group in groups:
        queries = [text for text, _ in group["queries"]]
        scores = embed(queries) @ embed(group["docs"]).T
        if fusion_weight is not None:
            if "bm25" not in group:
                group["bm25"] = bm25(group["docs"], queries)
            words = group["bm25"]
            best = np.maximum(words.max(axis=1, keepdims=True), 1e-9)
            scores = words / best + fusion_weight * scores
        found += recall_at(scores, [gold for _, gold in group["queries"]])
    return float(np.mean(found))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--table", type=Path, help="a builtin-embedder.bin")
    parser.add_argument("--teacher", type=Path, help="folder of the teacher's model")
    parser.add_argument("--plain", action="store_true", help="texts without the speaker's name")
    options = parser.parse_args()
    if options.table:
        from table import read_table
        embed = read_table(options.table).embed
    else:
        from encode import teacher_pieces
        from teacher import Teacher
        pieces, teacher = teacher_pieces(options.teacher), Teacher(options.teacher, 2)

        def embed(texts: list[str]) -> np.ndarray:
            return teacher.encode([pieces.of_text(text)[:254] for text in texts])

    for path in options.data:
        groups = load_groups(path, not options.plain)
        line = [f"{path.stem}: {sum(len(g['queries']) for g in groups)} queries",
                f"cosine {evaluate(groups, embed):.4f}"]
        line += [f"bm25+{w}*cosine {evaluate(groups, embed, w):.4f}" for w in (0.0, 0.6, 1.2, 2.0)]
        print(", ".join(line), flush=True)


if __name__ == "__main__":
    main()
