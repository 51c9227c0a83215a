"""What runs notebooks: a busy machine changes neither whether it succeeds nor what is shown."""

from types import SimpleNamespace

import nbformat
import pytest
from nbclient.exceptions import DeadKernelError

from offcenter_site.build import execution

DATA = execution.ProcessData(1, "page.md", None, 600, False)


def notebook(*cells):
    """Return a notebook as the cache hands it over."""
    cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    return SimpleNamespace(nb=nbformat.v4.new_notebook(cells=cells), uri="page.md")


def test_what_a_cell_prints_is_one_output_whenever_it_was_sent():
    words = "import time; print(1, flush=True); time.sleep(1); print(2, flush=True)"
    result = execution._Worker.execute(notebook(words), DATA)
    [output] = result.nb.cells[0].outputs
    assert output.text == "1\n2\n"


@pytest.mark.parametrize("fails", [0, 1, execution._STARTS - 1, execution._STARTS])
def test_a_kernel_that_does_not_start_is_started_again(monkeypatch, fails):
    tried = []

    def run(nb, **options):
        tried.append(options)
        if len(tried) <= fails:
            raise RuntimeError("Kernel died before replying to kernel_info")
        return "done"

    monkeypatch.setattr(execution, "single_nb_execution", run)
    if fails == execution._STARTS:
        with pytest.raises(RuntimeError):
            execution._Worker.execute(notebook(), DATA)
    else:
        assert execution._Worker.execute(notebook(), DATA) == "done"
    assert len(tried) == min(fails + 1, execution._STARTS)
    # As long as a cell may take: a kernel is slow where cells are.
    assert {options["startup_timeout"] for options in tried} == {DATA.timeout}


def test_a_cell_that_kills_its_kernel_is_not_run_again(monkeypatch):
    tried = []

    def run(nb, **options):
        tried.append(options)
        raise DeadKernelError("Kernel died")

    monkeypatch.setattr(execution, "single_nb_execution", run)
    with pytest.raises(DeadKernelError):
        execution._Worker.execute(notebook(), DATA)
    assert len(tried) == 1
