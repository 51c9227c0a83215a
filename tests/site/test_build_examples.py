"""Before many pages are read, the examples that they show are computed side by side and kept."""

from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace

import pytest

from offcenter import _store
from offcenter.examples import EXAMPLES
from offcenter_site.build import examples

ROOT = Path(__file__).resolve().parents[2]
PAGES = [str(path) for path in sorted((ROOT / "book").rglob("*.md"))]


def environment():
    """Give what is asked of Sphinx: where a page stands."""
    return SimpleNamespace(doc2path=lambda name: name)


def test_examples_are_found_in_prose_formulas_and_tables(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "For example, {example}`toy-line end .1f`: $\\example{toy-slope rows.0.1}$\n\n"
        "```{example-table} toy-table rows\n```\n"
    )
    shown = examples._shown_by(environment(), [str(page)])
    assert {"toy-line", "toy-slope", "toy-table"} <= shown


def test_each_example_of_the_pages_is_computed_by_the_module_that_holds_it():
    shown = examples._shown_by(environment(), PAGES) & EXAMPLES.keys()
    assert len(shown) > 100
    assert set(examples._modules(shown)) == {EXAMPLES[name].__module__ for name in shown}


@pytest.fixture
def pages(tmp_path, monkeypatch):
    """Give ten pages that show examples of two modules, and an empty store."""
    monkeypatch.setenv(_store.VARIABLE, str(tmp_path / "store"))
    monkeypatch.setattr(_store, "_here", {})
    for number, name in enumerate(("matrices-four", "overflow-explosion") * 5):
        (tmp_path / f"{number}.md").write_text(f"{{example}}`{name} key`")
    return [str(tmp_path / f"{number}.md") for number in range(10)]


def test_many_pages_have_their_examples_computed_once(pages, monkeypatch):
    examples._prepare(None, environment(), pages)
    modules = examples._modules(examples._shown_by(environment(), pages))
    assert len(modules) == 2
    assert all(_store.known("examples", module, module) for module in modules)
    monkeypatch.setattr(examples, "side_by_side", lambda *_: pytest.fail("computed again"))
    examples._prepare(None, environment(), pages)


def test_for_few_pages_no_process_is_started(pages, monkeypatch):
    monkeypatch.setattr(examples, "side_by_side", lambda *_: pytest.fail("a process was started"))
    examples._prepare(None, environment(), pages[:9])


def test_a_module_that_fails_is_not_counted_as_computed(pages, monkeypatch):
    failed, said = Future(), []
    failed.set_exception(ZeroDivisionError())

    def one_fails(_, jobs, done):
        for job in jobs:
            done(job, failed)

    monkeypatch.setattr(examples, "side_by_side", one_fails)
    monkeypatch.setattr(examples.logger, "info", lambda *words: said.append(words))
    examples._prepare(None, environment(), pages)
    assert said == [("examples: %d of %d modules computed", 0, 2)]
