"""Which rows the table has, and how common each of them is."""

import unicodedata
from collections import Counter

import numpy as np

from tokenizer import CONTINUATION, Pieces, words

FIRST_PIECE = 999
"""The teacher's vocabulary starts with special and unused entries; its symbols start here."""
FIRST_WORD = 1996
"""The teacher's first whole word ("the"): from here on the order is by frequency."""
PRIOR_SENTENCES = 60000
"""Weight of the teacher's frequency order beside our counts, in sentences."""
WORDS_PER_SENTENCE = 14


def keep_piece(piece: str, scripts: str) -> bool:
    """Latin pieces always; other scripts with scripts="all"; never what normalising takes away."""
    body = piece.removeprefix(CONTINUATION)
    if not body or body.startswith("[unused") or any(ord(c) > 0xFFFF for c in body):
        return False
    plain = unicodedata.normalize("NFKD", body)
    if plain != body or any(unicodedata.category(c) == "Mn" for c in body):
        return False
    if piece.startswith(CONTINUATION) and not body.isalnum():
        return False
    return scripts == "all" or all(c.isascii() or "LATIN" in unicodedata.name(c, "") for c in body)


def count_words(sentences: list[str]) -> Counter:
    """In how many sentences each word occurs."""
    counts: Counter = Counter()
    for sentence in sentences:
        counts.update(set(words(sentence)))
    return counts


def whole_words(counts: Counter, known: Pieces, least: int) -> list[str]:
    """Words that the teacher splits, most frequent first."""
    return [word for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
            if count >= least and word not in known.rows and word.isascii() and word.isalpha()
            and 3 <= len(word) <= 24]


def prior_shares(vocabulary: list[str], teacher_rows: dict[str, int]) -> np.ndarray:
    """Expected share of sentences that hold each row, from the teacher's frequency order (Zipf)."""
    size = len(teacher_rows)
    norm = sum(1 / (rank + 2.7) for rank in range(size))
    shares = np.full(len(vocabulary), 1 / (size * norm))
    for row, piece in enumerate(vocabulary):
        place = teacher_rows.get(piece)
        if place is not None and place >= FIRST_WORD:
            shares[row] = 1 / ((place - FIRST_WORD + 2.7) * norm)
    return 1 - np.exp(-WORDS_PER_SENTENCE * shares)


def row_shares(vocabulary: list[str], ids: list[list[int]],
               teacher_rows: dict[str, int]) -> np.ndarray:
    """Share of the training sentences that hold each row, smoothed with the teacher's order."""
    counts = np.zeros(len(vocabulary))
    for sequence in ids:
        counts[list(set(sequence))] += 1
    return smoothed(counts, len(ids), vocabulary, teacher_rows)


def smoothed(counts: np.ndarray, sentences: int, vocabulary: list[str],
             teacher_rows: dict[str, int]) -> np.ndarray:
    expected = prior_shares(vocabulary, teacher_rows) * PRIOR_SENTENCES
    return (counts + expected) / (sentences + PRIOR_SENTENCES)


def document_weights(vocabulary: list[str], counts: Counter, sentences: int,
                     teacher_rows: dict[str, int]) -> np.ndarray:
    """Inverse document frequency of each row as a whole word in the corpus, in nats."""
    found = np.array([counts[piece] for piece in vocabulary], float)
    return -np.log(smoothed(found, sentences, vocabulary, teacher_rows))
