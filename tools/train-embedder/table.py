"""The file of the built-in embedder: written, read back, used as the TypeScript runtime uses it.

Layout, little-endian; every section is padded with zeros to a multiple of 4 bytes:
   0  magic "REVEMBED"
   8  uint32 version, uint32 dimension, uint32 rows, uint32 bytes of the vocabulary
  24  float32 nats per weight step, float32 weight of an unknown word
  32  sha-256 of everything after the header
  64  model id, UTF-8, zero-padded to 32 bytes
  96  vocabulary (UTF-8, one row a line, "##" marks a continuation), float32 scale per row,
      uint8 word weight per row, int8 rows
"""

import hashlib
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tokenizer import Pieces

MAGIC, VERSION, HEADER_BYTES = b"REVEMBED", 1, 96
HEADER = struct.Struct("<8sIIIIff32s32s")


def padded(raw: bytes) -> bytes:
    return raw + b"\0" * (-len(raw) % 4)


@dataclass
class Table:
    model: str
    vocabulary: list[str]
    scales: np.ndarray
    weights: np.ndarray
    weight_step: float
    unknown_weight: float
    rows: np.ndarray

    def __post_init__(self):
        self.pieces = Pieces(self.vocabulary)

    def embed(self, texts: list[str]) -> np.ndarray:
        """Unit rows; zeros for a text without any row. A row met n times counts sqrt(n) times."""
        result = np.zeros((len(texts), self.rows.shape[1]), np.float32)
        for number, text in enumerate(texts):
            ids, counts = np.unique(self.pieces.of_text(text), return_counts=True)
            if len(ids):
                factors = self.scales[ids] * np.sqrt(counts)
                result[number] = (self.rows[ids] * factors[:, None]).sum(axis=0)
        return result / np.maximum(np.linalg.norm(result, axis=1, keepdims=True), 1e-12)


def quantise(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """int8 rows and a float32 scale per row: row = int8 * scale."""
    scales = (np.abs(rows).max(axis=1) / 127).astype(np.float32)
    safe = np.where(scales > 0, scales, 1)
    return np.rint(rows / safe[:, None]).astype(np.int8), scales


def write_table(path: Path, table: Table) -> str:
    """Writes the file and returns the sha-256 of the whole file."""
    vocabulary = "\n".join(table.vocabulary).encode()
    body = b"".join([padded(vocabulary), table.scales.astype("<f4").tobytes(),
                     padded(table.weights.astype(np.uint8).tobytes()), table.rows.tobytes()])
    header = HEADER.pack(MAGIC, VERSION, table.rows.shape[1], len(table.vocabulary),
                         len(vocabulary), table.weight_step, table.unknown_weight,
                         hashlib.sha256(body).digest(), table.model.encode())
    path.write_bytes(header + body)
    return hashlib.sha256(header + body).hexdigest()


def read_table(path: Path) -> Table:
    raw = path.read_bytes()
    magic, version, dimension, rows, size, step, unknown, digest, model = HEADER.unpack(
        raw[:HEADER_BYTES])
    if magic != MAGIC or version != VERSION:
        raise ValueError(f"{path}: not a table of version {VERSION}")
    if hashlib.sha256(raw[HEADER_BYTES:]).digest() != digest:
        raise ValueError(f"{path}: damaged")
    start = HEADER_BYTES
    vocabulary = raw[start:start + size].decode().split("\n")
    start += size + -size % 4
    scales = np.frombuffer(raw, "<f4", rows, start)
    start += 4 * rows
    weights = np.frombuffer(raw, np.uint8, rows, start)
    start += rows + -rows % 4
    values = np.frombuffer(raw, np.int8, rows * dimension, start).reshape(rows, dimension)
    return Table(model.rstrip(b"\0").decode(), vocabulary, scales, weights, step, unknown, values)
