"""The whole book, made twice, the second time with the arithmetic of another processor.

Which instructions NumPy and OpenBLAS use decides how sums are rounded, and a long run of training
can amplify that.  What pages then say otherwise is named, with the words before it: a sentence must
be true with both.  Boxes of claims may differ in the last digits of what they observed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
from numpy._core import _multiarray_umath as machine
from same_bytes import ROOT, copy

WORK = ROOT / "_build" / "same-numbers"
OTHER = {
    "OPENBLAS_CORETYPE": "Nehalem",
    "NPY_DISABLE_CPU_FEATURES": " ".join(
        name for name in machine.__cpu_dispatch__ if machine.__cpu_features__[name]
    ),
}
_TRIED = """
import numpy as np
x = np.random.default_rng(0).standard_normal((50, 50))
print((x @ np.tanh(x)).tobytes().hex())
"""
BEFORE = 8  # words


def arithmetic(settings: dict[str, str]) -> str:
    """Return the digits of a small computation."""
    return subprocess.run(
        [sys.executable, "-c", _TRIED],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def build(folder: Path, settings: dict[str, str]) -> Path:
    """Build the book in a folder, with a store of its own; return where its pages stand."""
    command = Path(sys.executable).with_name("jupyter-book")
    environment = {key: value for key, value in os.environ.items() if "OFFCENTER" not in key}
    environment |= {"OFFCENTER_STORE": str(folder / "store")} | settings
    subprocess.run([command, "build", "."], cwd=folder, env=environment, check=True)
    return folder / "_build" / "html"


def differences(one: str, two: str) -> list[str]:
    """Return the words in which two texts differ, each with some before it."""
    first, second = one.split(), two.split()
    return [
        f"{' '.join(first[max(0, i - BEFORE) : i])} "
        f"[{' '.join(first[i:j])} | {' '.join(second[k:m])}]"
        for kind, i, j, k, m in SequenceMatcher(None, first, second, autojunk=False).get_opcodes()
        if kind != "equal"
    ]


def main() -> None:
    """Build both, and name what differs."""
    if arithmetic({}) == arithmetic(OTHER):
        sys.exit(f"no other arithmetic here: NumPy {np.__version__} rounds alike with {OTHER}")
    shutil.rmtree(WORK, ignore_errors=True)
    for name in ("own", "other"):
        copy(WORK / name, None)
    own, other = build(WORK / "own", {}), build(WORK / "other", OTHER)
    texts = [
        {path.relative_to(site): path.read_text(encoding="utf-8") for path in site.rglob("*.md")}
        for site in (own, other)
    ]
    pages = sorted(texts[0].keys() | texts[1].keys())
    found = {
        page: differences(one, two)
        for page in pages
        if (one := texts[0].get(page, "")) != (two := texts[1].get(page, ""))
    }
    for page, words in found.items():
        print(page, *words, sep="\n  ")
    print(f"{len(pages)} pages, {len(found)} of them with other words")


if __name__ == "__main__":
    main()
