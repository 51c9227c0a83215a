"""What runs notebooks: a busy machine changes neither whether it succeeds nor what is shown."""

import json
import os
import tempfile
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


@pytest.mark.skipif(os.name == "nt", reason="its sockets are no files")
def test_kernels_at_one_time_share_no_port():
    # A port is free when it is chosen, and may be taken when it is used: such a kernel ended and
    # was not gone, and a build waited for it for ever.
    said = "import ipykernel, json; print(ipykernel.get_connection_info())"
    outputs = [execution._Worker.execute(notebook(said), DATA).nb.cells[0].outputs for _ in "ab"]
    infos = [json.loads(output.text) for [output] in outputs]
    assert {info["transport"] for info in infos} == {"ipc"}
    assert len({info["ip"] for info in infos}) == 2


def test_a_folder_too_deep_for_sockets_leaves_kernels_their_ports(monkeypatch, tmp_path):
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    with execution._sockets() as config:
        assert not config
