"""Turn-level retrieval of a table, or of the teacher itself, on data sets.

A data set is `{name, groups: [{group, docs: [{id, parent?, speaker?, text}], queries: [{text,
category, gold}]}]}`; one group is one corpus, one parent is one thread. recall@10 is fractional:
|gold in the top 10| / |gold|, mean over queries.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from lexical import Words, terms_of

ADVERSARIAL = {"locomo-dev": {"5"}}
"""LoCoMo's category 5 asks about what was never said; it has no gold turns to find."""
TOP = 10


def load_groups(path: Path, with_speaker: bool) -> list[dict]:
    """Groups as `{group, docs: [text], parents: [id], queries: [(text, gold rows)]}`."""
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
            parents = [str(doc.get("parent", doc["id"])) for doc in group["docs"]]
            groups.append({"group": str(group.get("group", "")), "docs": texts,
                           "parents": parents, "queries": queries})
    return groups


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
                docs = Words([terms_of(text) for text in group["docs"]])
                group["bm25"] = docs.scores([terms_of(text) for text in queries]).toarray()
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
