"""Words and pieces of a text: the reference for the TypeScript tokenizer, which must agree with it.

A text is cut to TEXT_UNITS, decomposed (NFKD), stripped of non-spacing marks and lower-cased. Runs
of letters, digits and remaining marks are words; a CJK ideograph is a word of its own; any other
visible symbol is a word of one character. A word is its own row where the table has one, else the
greedy longest-match pieces; characters that no row begins with are skipped.
"""

import unicodedata
from functools import lru_cache

TEXT_UNITS = 32768
"""At most this many UTF-16 code units of a text are read: the size of the largest memory value."""
WORD_UNITS = 64
"""At most this many UTF-16 code units of a word are read."""
MAX_ROWS = 512
"""At most this many rows count: the position limit of the teacher."""
CONTINUATION = "##"

IDEOGRAPHS = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2CEAF),
              (0xF900, 0xFAFF), (0x2F800, 0x2FA1F))

WORD, ALONE, GAP = 0, 1, 2


@lru_cache(maxsize=None)
def character_class(character: str) -> int:
    code = ord(character)
    if any(low <= code <= high for low, high in IDEOGRAPHS):
        return ALONE
    category = unicodedata.category(character)
    if category[0] in "LNM":
        return WORD
    return ALONE if category[0] in "PS" else GAP


def cut_units(text: str, units: int) -> str:
    """The first `units` UTF-16 code units, as a JavaScript slice would give them."""
    if len(text) * 2 <= units:
        return text
    raw = text[:units].encode("utf-16-le", "surrogatepass")[:units * 2]
    return raw.decode("utf-16-le", "surrogatepass") if len(raw) == units * 2 else text[:units]


def normalise(text: str) -> str:
    text = cut_units(text, TEXT_UNITS)
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in text if unicodedata.category(c) != "Mn")
    return text.lower()


def words(text: str) -> list[str]:
    found: list[str] = []
    run: list[str] = []
    for character in normalise(text):
        kind = character_class(character)
        if kind == WORD:
            run.append(character)
            continue
        if run:
            found.append("".join(run))
            run = []
        if kind == ALONE:
            found.append(character)
    if run:
        found.append("".join(run))
    return found


class Pieces:
    """Greedy longest-match pieces over one vocabulary; rows come back as numbers."""

    def __init__(self, vocabulary: list[str]):
        self.rows = {piece: row for row, piece in enumerate(vocabulary)}
        self.longest = max(len(piece) for piece in vocabulary)
        self.cache: dict[str, list[int]] = {}

    def of_word(self, word: str) -> list[int]:
        known = self.cache.get(word)
        if known is not None:
            return known
        cut, result, start = cut_units(word, WORD_UNITS), [], 0
        while start < len(cut):
            prefix = CONTINUATION if start else ""
            for end in range(min(len(cut), start + self.longest), start, -1):
                row = self.rows.get(prefix + cut[start:end])
                if row is not None:
                    result.append(row)
                    start = end
                    break
            else:
                start += 1
        self.cache[word] = result
        return result

    def of_text(self, text: str) -> list[int]:
        result: list[int] = []
        for word in words(text):
            result.extend(self.of_word(word))
            if len(result) >= MAX_ROWS:
                break
        return result[:MAX_ROWS]
