"""Words are compared as readers mean them, and the first hit is the one that they want."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from py_mini_racer import MiniRacer

from offcenter_site.search import DATA, FOLDER, LIBRARY, data_of, terms_of
from offcenter_site.search.records import Entry, shortened

QUERIES = Path(__file__).with_name("search-queries.txt")


@pytest.mark.parametrize(
    "alike",
    [
        ("κ", "kappa", "\\kappa"),
        ("∇", "nabla"),
        ("batchnorm", "batch norm", "Batch Normalization", "batch normalisation", "BN"),
        ("layernorm", "layer norm", "LN"),
        ("learning rate", "learningrate", "step size", "step-size"),
        ("zero-centered", "zero centred", "zerocentered"),
        ("dying ReLU", "dead ReLU"),
        ("swish", "SiLU"),
        ("zigzag", "zig-zagging"),
        ("centre", "center"),
        ("normalise", "normalize", "normalizing"),
        ("eigenvalue", "eigenvalues"),
        ("0/1", "0 / 1"),
        ("K-FAC", "kfac"),
    ],
)
def test_writings_of_one_thing_are_one_word(alike):
    first, *others = terms_of(alike)
    assert first
    for terms in others:
        assert terms == first


def test_numbers_that_are_names_stay_whole():
    assert terms_of(["1.7159 tanh"])[0][0] == "1.7159"


def test_results_and_pieces_of_formulas_are_no_words_of_a_page():
    page = Entry("answer", "", "Title", "", "", "Of 250 steps 0.8 are left: 2w1 and x2 at 100m2.")
    words = data_of([("page.html", page)])["terms"].split(" ")
    assert "x2" in words
    assert [word for word in words if word[0].isdigit()] == []


def test_bars_and_hats_are_no_part_of_a_word():
    assert terms_of(["ḡ x̂ é"]) == terms_of(["g x e"])


@pytest.mark.parametrize(
    ("text", "excerpt"),
    [
        ("No.", "No."),
        ("No. Yes.", "No. Yes."),
        (f"No. {'word ' * 30}", f"No. {'word ' * 22}".strip() + "…"),
        (f"{'word ' * 12}. {'word ' * 30}", f"{'word ' * 12}".strip() + "."),
        (f"{'word ' * 12}. Yes. No.", f"{'word ' * 12}".strip() + ". Yes. No."),
    ],
)
def test_a_short_sentence_is_not_all_of_an_excerpt(text, excerpt):
    assert shortened(text, 60) == excerpt
    assert shortened(f"No. {'word ' * 30}") == "No."


@pytest.fixture(scope="module")
def find(site) -> Callable[[str], list[list[str]]]:
    """Give the site's search as a function."""
    engine = MiniRacer()
    engine.eval("var self = this;")
    scripts = [LIBRARY, FOLDER / "words.js", FOLDER / "find.js", site / "_static" / DATA]
    for path in scripts:
        text = path.read_text(encoding="utf-8")
        for name in ("Words", "Finder", "SEARCH"):
            text = text.replace(f"const {name} =", f"var {name} =")
        engine.eval(text)
    engine.eval("var find = Finder.make(SEARCH)")

    def ask(query: str) -> list[list[str]]:
        return json.loads(engine.eval(f"JSON.stringify(find({json.dumps(query)}).results)"))

    return ask


def queries() -> list[tuple[str, list[str]]]:
    """Return what readers type, each with the places that may come first."""
    lines = [line.partition("=>") for line in QUERIES.read_text(encoding="utf-8").splitlines()]
    return [(query.strip(), places.split()) for query, arrow, places in lines if arrow]


@pytest.mark.parametrize(("query", "places"), queries(), ids=[query for query, _ in queries()])
def test_the_first_hit_is_what_the_reader_wants(query, places, find):
    found = [address for _, address, *_ in find(query)]
    assert found, query
    assert any(found[0].endswith(place) or place in found[0] for place in places), found[:5]


def test_what_an_answer_is_quoted_with_says_something(site):
    data = json.loads((site / "_static" / DATA).read_text("utf-8").partition("=")[2].strip(" ;\n"))
    excerpts = [entry[3] for entry in data["entries"] if entry[0] == "answer"]
    assert len(excerpts) > 50
    assert [words for words in excerpts if not 55 < len(words) < 120] == []


def test_nothing_is_found_for_what_is_nowhere(find):
    assert find("xyzzyq") == []
    assert find("the") == []


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("LogisticUnit", "library"),
        ("condition number", "answer"),
        ("zig-zag", "section"),
        ("signs of a gradient", "claim"),
        ("offset share", "term"),
    ],
)
def test_what_is_found_stands_where_it_says(query, kind, find, site):
    # Addresses come without what those before them say.
    found = find(query)
    assert kind in {hit[0] for hit in found}
    for _, address, *_ in found:
        page, _, anchor = address.partition("#")
        text = (site / page).read_text(encoding="utf-8")
        assert not anchor or f'id="{anchor}"' in text, address
