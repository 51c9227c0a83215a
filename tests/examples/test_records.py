"""Worked examples as records, and whether the book quotes them."""

import dataclasses
import importlib
import pkgutil
import re

import numpy as np
import pytest
from pages import BOOK

import offcenter.examples
from offcenter.examples import EXAMPLES, example, number_of

#: What no page quotes: it is for those who follow an example by hand, from the library.
UNQUOTED = (
    # What is given.
    ("batches-two-errors", "distances"),
    ("signs-reach", "goal"),
    ("signs-unit", "inputs"),
    ("spectra-one-or-three", "examples"),
    # Steps between what is given and what is quoted.
    ("paths-bowl", "rows"),
    ("today-signless", "moment"),
    # Said in words: no rise, all runs, all starts.
    ("spectra-natural-step", "centered_moment"),
    ("swings-edge", "calm"),
    ("swings-edge", "ends"),
    ("swings-edge", "left"),
    ("swings-edge", "reached"),
    ("swings-limits", "calm"),
    # Drawn, as the page says, beside the closed form that it quotes.
    ("batches-regimes", "rows"),
)


def test_every_field_of_an_example_is_quoted_by_a_page_or_shown_for_a_reason():
    pages = [BOOK / "index.md", *sorted((BOOK / "book").rglob("*.md"))]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    quoted = set(re.findall(r"\bexample(?:\}`|-table\} *|\{)([a-z0-9-]+)\s+([a-z_]+)", text))
    fields = {(name, f.name) for name in EXAMPLES for f in dataclasses.fields(EXAMPLES[name]())}
    assert fields - quoted == set(UNQUOTED)


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_is_a_frozen_record_and_the_same_at_every_call(name):
    record = EXAMPLES[name]()
    assert dataclasses.is_dataclass(record)
    assert record.__dataclass_params__.frozen
    again = EXAMPLES[name].__wrapped__()
    for field in dataclasses.fields(record):
        np.testing.assert_array_equal(getattr(record, field.name), getattr(again, field.name))


def test_number_is_found_by_name_and_place_and_anything_else_is_refused():
    record = EXAMPLES["signs-unit"]()
    assert number_of(record, "below.1") == -1
    for path in ("below", "below.5", "missing"):
        with pytest.raises(ValueError, match=path.split(".")[0]):
            number_of(record, path)


def test_name_is_lower_case_and_new():
    for name in ("Signs", "signs-unit"):
        with pytest.raises(ValueError, match="name must be"):
            example(name)(lambda: None)


def test_the_reference_has_each_room_of_examples():
    modules = pkgutil.iter_modules(offcenter.examples.__path__)
    rooms = {module.name for module in modules if not module.name.startswith("_")}
    page = (BOOK / "book" / "library" / "examples.md").read_text(encoding="utf-8")
    assert set(re.findall(r"automodule:: offcenter\.examples\.(\w+)", page)) == rooms


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_room_that_an_example_is_called_after_has_it_and_its_record(name):
    function = EXAMPLES[name].__wrapped__
    room = ".".join(function.__module__.split(".")[:3])
    assert name.startswith(room.rpartition(".")[2].replace("_", "-") + "-")
    shown = importlib.import_module(room).__all__
    assert {function.__name__, type(EXAMPLES[name]()).__name__} <= set(shown)
