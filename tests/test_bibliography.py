"""Every key that is cited exists, and every entry is complete and is cited."""

import re
from pathlib import Path

import pytest

from offcenter.claims import CLAIMS, DERIVED_HERE

ROOT = Path(__file__).parents[1]
ENTRY = re.compile(r"^@(?P<kind>\w+)\{(?P<key>[^,\s]+),(?P<body>.*?)^\}", re.MULTILINE | re.DOTALL)
FIELD = re.compile(r"^\s*(?P<name>\w+)\s*=\s*[{\"](?P<value>.*)[}\"],?\s*$", re.MULTILINE)
ROLE = re.compile(r"\{cite(?::\w+)?\}`(?P<keys>[^`]+)`")


def read_entries():
    text = (ROOT / "book" / "references.bib").read_text(encoding="utf-8")
    entries = [
        (entry["key"], {field["name"].lower(): field["value"] for field in FIELD.finditer(body)})
        for entry in ENTRY.finditer(text)
        for body in [entry["body"]]
    ]
    # An entry that the pattern does not understand must not go unseen.
    assert len(entries) == len(re.findall(r"^@", text, re.MULTILINE))
    return entries


def keys_in(paths):
    return {
        (key.strip(), path.relative_to(ROOT).as_posix())
        for path in paths
        for role in ROLE.finditer(path.read_text(encoding="utf-8"))
        for key in role["keys"].split(",")
    }


ENTRIES = read_entries()
KEYS = {key for key, _ in ENTRIES}
IN_PAGES = keys_in([ROOT / "index.md", *sorted((ROOT / "book").rglob("*.md"))])
IN_DOCSTRINGS = keys_in(sorted((ROOT / "code").rglob("*.py")))
IN_CLAIMS = {(c.source, c.id) for c in CLAIMS.values() if c.source != DERIVED_HERE}


def test_the_pattern_sees_all_forms_of_a_citation():
    text = "{cite}`a`, {cite:p}`b,c` and {cite:t}`d`"
    found = {key.strip() for role in ROLE.finditer(text) for key in role["keys"].split(",")}
    assert found == {"a", "b", "c", "d"}


def test_keys_of_the_bibliography_are_unique():
    assert len(KEYS) == len(ENTRIES)


@pytest.mark.parametrize(
    ("key", "place"), sorted(IN_PAGES | IN_DOCSTRINGS | IN_CLAIMS), ids=lambda value: value
)
def test_a_cited_key_is_in_the_bibliography(key, place):
    assert key in KEYS, f"{place} cites {key}, which is not in references.bib"


@pytest.mark.parametrize(("key", "fields"), ENTRIES, ids=[key for key, _ in ENTRIES])
def test_an_entry_names_author_title_and_year(key, fields):
    missing = [name for name in ("author", "title", "year") if not fields.get(name, "").strip()]
    assert not missing, f"{key} has no {', '.join(missing)}"
    assert re.fullmatch(r"(18|19|20)\d\d[a-z]?", fields["year"])


def test_authors_and_year_tell_each_entry_from_the_others():
    # As the text prints them: one name, two, or the first "et al."
    shown = {}
    for key, fields in ENTRIES:
        names = [name.partition(",")[0] for name in fields["author"].split(" and ")]
        label = (*(names if len(names) < 3 else [names[0], "et al."]), fields["year"])
        shown.setdefault(label, []).append(key)
    assert not {label: keys for label, keys in shown.items() if len(keys) > 1}


@pytest.mark.parametrize("key", sorted(KEYS))
def test_an_entry_is_cited(key):
    cited = {name for name, _ in IN_PAGES | IN_CLAIMS}
    assert key in cited, f"no page and no claim cites {key}"
