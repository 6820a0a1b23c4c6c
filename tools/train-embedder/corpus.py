"""The training sentences: read, filtered and sampled with a fixed seed."""

import gzip
import random
from pathlib import Path

EXCLUDED = {"sgd"}
"""Schema-Guided Dialogue is CC BY-SA 4.0: left out of what ships."""


def read_corpus(path: Path) -> list[tuple[str, str]]:
    """(source, sentence) pairs in file order, without the excluded sources."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        pairs = (line.rstrip("\n").split("\t", 1) for line in lines)
        return [(p[0], p[1]) for p in pairs if len(p) == 2 and p[0] not in EXCLUDED]


def usable(sentence: str, most_words: int) -> bool:
    """Two words or more, not too long, and mostly plain letters (no code, no other script)."""
    count = sentence.count(" ") + 1
    if not 2 <= count <= most_words or len(sentence) > 12 * most_words:
        return False
    plain = sum(c.isascii() and (c.isalpha() or c == " ") for c in sentence)
    return plain >= 0.8 * len(sentence)


def sample(pairs: list[tuple[str, str]], quota: dict[str, int], most_words: int,
           seed: int) -> list[str]:
    """Distinct usable sentences, at most quota[source] of each source, in a seeded random order."""
    chosen: list[str] = []
    generator = random.Random(seed)
    for source in sorted(quota):
        pool = sorted({s for name, s in pairs if name == source and usable(s, most_words)})
        generator.shuffle(pool)
        chosen.extend(pool[:quota[source]])
    generator.shuffle(chosen)
    return chosen
