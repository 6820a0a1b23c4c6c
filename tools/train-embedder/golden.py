"""Step 3: rows and vectors of odd and plain texts, for the test of the TypeScript runtime."""

import argparse
import json
from pathlib import Path

from table import read_table

TEXTS = [
    "", " ", "\t\r\n", "the", "Hello, world!", "I moved to Lisbon in March 2021.",
    "When did Caroline go to the support group?", "don't can't won't it's",
    "Kubernetes autoscaling and PostgreSQL failover", "unbelievably antidisestablishmentarianism",
    "snake_case camelCase kebab-case", "v1.2.3-beta+build.7", "$1,299.00 (20% off!)",
    "https://example.com/path?query=value&other=%20#fragment", "someone@example.org",
    "Café crème brûlée", "naïve façade coöperate Zürich Ångström", "Crème brûlée",
    "ÉCOLE ÎLE ŒUVRE Straße ẞ", "İstanbul ılık IĞDIR", "ﬁne ﬂow Ａｂｃ １２３ ①②", "x² + y² ≤ r²",
    "Ελληνικά: Οδυσσεύς ΟΔΥΣΣΕΥΣ", "Привет, мир! Ёлка", "漢字かな交じり文と日本語", "我喜欢吃苹果。",
    "안녕하세요 세계", "สวัสดีชาวโลก", "مرحبا بالعالم", "שלום עולם", "नमस्ते दुनिया",
    "👍", "I ❤️ pizza 🍕 and 👩‍👩‍👧‍👦", "\ud800", "a\udc00b \ud83d", "a\u0000b\u200bc\u00add",
    "\u202eright to left\u202c", "𝒜𝓁𝑔𝑒𝒷𝓇𝒶 𐍈𐌰", "ab\u0301c\u0327 \u0301alone", "…—“quoted”‘single’",
    "a" * 70 + " b", "word " * 600,
    "word " * 510 + "xqzyxqzyxqzy", ["a", 1_000_000], ["ab ", 400_000], ["é", 100_000],
]
"""A pair is a text repeated so many times, to keep the file small."""
DIGITS = 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="golden.json beside the runtime")
    options = parser.parse_args()
    table = read_table(options.table)
    cases = []
    for entry in TEXTS:
        text, times = entry if isinstance(entry, list) else (entry, 1)
        whole = text * times
        vector = table.embed([whole])[0]
        cases.append({"text": text, "times": times, "rows": table.pieces.of_text(whole),
                      "start": [round(float(value), DIGITS) for value in vector[:8]],
                      "norm": round(float((vector ** 2).sum()), DIGITS)})
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    options.out.write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
