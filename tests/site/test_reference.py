"""The library's reference: what stands beside the name of a thing."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path

ENTRY = re.compile(r'<dt class="sig py" id="(offcenter\.examples\.\w+\.\w+)">(.*?)</dt>', re.DOTALL)


def test_each_field_of_an_examples_record_stands_once_by_its_name(site: Path) -> None:
    page = (site / "book/library/examples.html").read_text(encoding="utf-8")
    bare = 0
    for name, signature in ENTRY.findall(page):
        module, _, short = name.rpartition(".")
        record = getattr(import_module(module), short)
        if not is_dataclass(record):
            continue
        named = [f.name for f in fields(record)]
        said = all(f"`{n}`" in (record.__doc__ or "") for n in named)
        # In its text or, if that leaves one out, beside the name.
        assert re.findall(r'"sig-param">(\w+)', signature) == ([] if said else named), name
        bare += said
    assert bare > 50


def test_what_a_reader_calls_keeps_its_arguments(site: Path) -> None:
    page = (site / "book/library/descent.html").read_text(encoding="utf-8")
    assert 'class="sig-param">step_size' in page
