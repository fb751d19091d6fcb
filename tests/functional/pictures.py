"""Pictures of pages: taken the same way each time, and held against those of the documentation."""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
WRITE = os.environ.get("WANLIU_SCREENSHOTS") == "write"
COLOURS = 128
NOTICEABLE = 48
"""A difference of a colour channel (0 to 255) that counts: fonts are smoothed otherwise elsewhere."""
MOST_DIFFERENT = 0.02
"""Share of pixels that may differ."""
SAME_HOUR = r"""() => { for (const one of document.querySelectorAll("time"))
  one.textContent = one.textContent.replace(/\d\d:\d\d/, "09:30"); }"""


def taken(page: Page) -> Image.Image:
    """What the window shows, with all hours alike: they depend on how quick the machine was."""
    page.evaluate(SAME_HOUR)
    found = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide")))
    return found.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)


def stale(name: str, now: Image.Image) -> str | None:
    """What is wrong with the documentation's picture of this name; None where it still shows the page."""
    file = FOLDER / f"{name}.png"
    if WRITE:
        FOLDER.mkdir(parents=True, exist_ok=True)
        now.save(file, optimize=True)
        return None
    if not file.exists():
        return f"{file.name}: there is none"
    before = Image.open(file)
    if before.size != now.size:
        return f"{file.name}: another size"
    apart = np.abs(_pixels(before) - _pixels(now)).max(axis=2) > NOTICEABLE
    share = float(apart.mean())
    if share <= MOST_DIFFERENT:
        return None
    seen = Path(tempfile.gettempdir()) / f"wanliu-{file.name}"
    now.save(seen)
    return f"{file.name}: {share:.1%} differs; it looks like {seen}"


def _pixels(picture: Image.Image) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    return np.asarray(picture.convert("RGB"), dtype=np.int16)
