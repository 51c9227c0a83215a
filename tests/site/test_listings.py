"""What pages show of the library's code can be read by Python."""

import ast
import re
import textwrap
from pathlib import Path

import pytest
from sphinx.pycode import ModuleAnalyzer
from sphinx.util import parselinenos

BOOK = Path(__file__).resolve().parents[2] / "book"
LISTING = re.compile(r"^```\{literalinclude\} (\S+)\n((?::.*\n)*)```", re.MULTILINE)


def listings():
    """Return page, file and options of each piece of code that a page shows."""
    return [
        (page, (page.parent / file).resolve(), dict(re.findall(r":(\w+): (.*)", options)))
        for page in sorted(BOOK.rglob("*.md"))
        for file, options in LISTING.findall(page.read_text("utf-8"))
    ]


def shown(file, options):
    """Return the lines that Sphinx takes out of a file."""
    lines = file.read_text("utf-8").splitlines(keepends=True)
    if "pyobject" in options:
        _, first, last = ModuleAnalyzer.for_file(str(file), "").find_tags()[options["pyobject"]]
        lines = lines[first - 1 : last]
    if "lines" in options:
        lines = [lines[i] for i in parselinenos(options["lines"], len(lines)) if i < len(lines)]
    return textwrap.dedent("".join(lines))


@pytest.mark.parametrize(
    ("page", "file", "options"), listings(), ids=lambda part: getattr(part, "stem", None)
)
def test_listing_is_whole(page, file, options):
    assert ast.parse(shown(file, options)).body


def test_there_are_listings():
    assert len(listings()) > 8


def test_a_listing_without_its_first_line_is_found():
    file = BOOK.parent / "code" / "offcenter" / "today" / "_rounding.py"
    with pytest.raises(SyntaxError):
        ast.parse(shown(file, {"pyobject": "round_blocks", "lines": "1,20-23"}))
