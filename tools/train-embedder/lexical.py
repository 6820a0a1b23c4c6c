"""Search by words, the yardstick beside the vectors: BM25 over stems, alone or with neighbours.

A language is the two-letter name of a group ("de") or of the whole set, else English. Scripts that
are written without spaces are cut into overlapping pairs of characters.
"""

import unicodedata
from functools import lru_cache
from itertools import groupby

import numpy as np
import snowballstemmer
from scipy import sparse

from tokenizer import ALONE, GAP, WORD, character_class

K1, B = 1.2, 0.75
WINDOW = (0.5, 0.25)
"""What the words of a neighbour count, by its distance in the thread: as in the product."""
STEMMED = {"ar": "arabic", "de": "german", "el": "greek", "en": "english", "es": "spanish",
           "fr": "french", "hi": "hindi", "it": "italian", "nl": "dutch", "pt": "portuguese",
           "ro": "romanian", "ru": "russian", "tr": "turkish"}
UNSPACED = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF))
"""Thai and Lao, Myanmar, Khmer, kana. Ideographs are known to the tokenizer."""
STOP_WORDS = set("""
    a about after again all also am an and any are as at be been before but by can could did do
    does doing for from had has have having he her here him his how i if in into is it its just me
    more my no not of on or our out over she should so some such than that the their them then
    there these they this those through to too up us was we were what when where which while who
    whom why will with would you your
""".split())


@lru_cache(maxsize=None)
def kind_of(character: str) -> int:
    """ALONE for a script without spaces, WORD for other letters, digits and marks, else GAP."""
    if any(low <= ord(character) <= high for low, high in UNSPACED):
        return ALONE
    kind = character_class(character)
    return GAP if kind == ALONE and unicodedata.category(character)[0] in "PS" else kind


@lru_cache(maxsize=None)
def stemmer_of(language: str):
    return snowballstemmer.stemmer(STEMMED[language]) if language in STEMMED else None


@lru_cache(maxsize=1_000_000)
def stem(word: str, language: str) -> str:
    stemmer = stemmer_of(language)
    return stemmer.stemWord(word) if stemmer else word


def terms_of(text: str, language: str = "en") -> list[str]:
    terms: list[str] = []
    plain = unicodedata.normalize("NFKC", text).lower()
    for kind, characters in groupby(plain, kind_of):
        run = "".join(characters)
        if kind == ALONE:
            terms += [run[at:at + 2] for at in range(max(1, len(run) - 1))]
        elif kind == WORD and not (language == "en" and run in STOP_WORDS):
            terms.append(stem(run, language))
    return terms


def window_matrix(parents: list[str]) -> sparse.csr_matrix:
    """[docs, docs]: what each doc's words count in the window of a doc of the same thread."""
    size = len(parents)
    names = np.array(parents)
    window = sparse.eye(size, format="csr", dtype=np.float32)
    for distance, weight in enumerate(WINDOW[:size - 1], 1):
        near = (names[distance:] == names[:-distance]).astype(np.float32) * weight
        window = window + sparse.diags([near, near], [distance, -distance], (size, size))
    return window.tocsr().astype(np.float32)


class Words:
    """BM25 over one corpus. With `window`, a doc is read together with its weighted neighbours."""

    def __init__(self, docs: list[list[str]], window: sparse.csr_matrix | None = None):
        self.places: dict[str, int] = {}
        counts = self._matrix(docs, grow=True)
        found = np.bincount(counts.indices, minlength=counts.shape[1])
        idf = np.log(1 + (len(docs) - found + 0.5) / (found + 0.5)).astype(np.float32)
        if window is not None:
            counts = (window @ counts).tocsr()
        lengths = np.asarray(counts.sum(axis=1)).ravel()
        norms = K1 * (1 - B + B * lengths / max(lengths.mean(), 1e-9))
        norm = np.repeat(norms, np.diff(counts.indptr))
        counts.data = idf[counts.indices] * counts.data * (K1 + 1) / (counts.data + norm)
        self.scores_by_term = counts.T.tocsr().astype(np.float32)

    def _matrix(self, texts: list[list[str]], grow: bool) -> sparse.csr_matrix:
        places, ends = [], [0]
        for terms in texts:
            for term in terms:
                place = self.places.setdefault(term, len(self.places)) if grow \
                    else self.places.get(term)
                if place is not None:
                    places.append(place)
            ends.append(len(places))
        matrix = sparse.csr_matrix((np.ones(len(places), np.float32), places, ends),
                                   shape=(len(texts), len(self.places)))
        matrix.sum_duplicates()
        return matrix

    def scores(self, queries: list[list[str]]) -> sparse.csr_matrix:
        """[queries, docs]; a term that a query repeats counts once."""
        asked = self._matrix([sorted(set(terms)) for terms in queries], grow=False)
        return (asked @ self.scores_by_term).tocsr()
