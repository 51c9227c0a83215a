"""`make example-mutants` alters what pages print of examples, and names what no test sees."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import example_mutants

ROOT = example_mutants.ROOT


@dataclass(frozen=True)
class Toy:
    """A record with all that records hold."""

    rows: tuple
    vector: np.ndarray
    whole: bool = True
    text: str = "0.19, 0.29 or less"


TOY = Toy((("a", 2), ("b", -3)), np.array([[4.0, 0.0]]))
SCRIPT = """
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path[:0] = sys.argv[1:3]
import example_mutants

@dataclass(frozen=True)
class Line:
    end: float = 2.0
    slope: float = 1.0

examples = example_mutants.Examples({"toy-line": Line})
places = [("toy-line", "end"), ("toy-line", "slope")]
print(example_mutants.survivors(examples, places, [Path(sys.argv[3])]))
"""


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("rows.1.1", Toy((("a", 2), ("b", -4)), TOY.vector)),
        ("rows.0.0", Toy((("a*", 2), ("b", -3)), TOY.vector)),
        ("text", Toy(TOY.rows, TOY.vector, text="0.19, 0.20 or less")),
        ("vector.0.0", Toy(TOY.rows, np.array([[4.12, 0.0]]))),
        ("vector.0.1", Toy(TOY.rows, np.array([[4.0, 0.03]]))),
        ("whole", Toy(TOY.rows, TOY.vector, whole=False)),
    ],
)
def test_one_place_is_altered_and_the_record_stays(path, other):
    before = repr(TOY)
    assert repr(example_mutants.altered(TOY, path)) == repr(other)
    assert repr(TOY) == before


def test_prose_formulas_and_tables_print_places():
    text = "{example}`toy vector.0.1 .2f` and $\\example{toy whole}$, {example}`other end`\n"
    text += "```{example-table} toy rows\n```\n```{example-table} other rows\n```\n"
    places = {"vector.0.1", "whole", "rows.0.0", "rows.0.1", "rows.1.0", "rows.1.1"}
    found = example_mutants.printed(text, {"toy": lambda: TOY})
    assert found == {("toy", place) for place in places}


def tried(test):
    """Try two places of an example by a file of tests, in a process of its own."""
    command = (sys.executable, "-c", SCRIPT, ROOT / "tools", ROOT / "code", test)
    return subprocess.run(command, cwd=test.parent, capture_output=True, text=True, check=False)


def test_what_no_test_sees_survives(tmp_path):
    # The one that sees it asks through a helper, and the other asks for no example.
    (tmp_path / "test_toy.py").write_text(
        "from offcenter.examples import EXAMPLES\n\n"
        "def end():\n    return EXAMPLES['toy-line']().end\n\n"
        "def test_end():\n    assert abs(end() - 2) < 0.05\n\n"
        "def test_other():\n    assert True\n"
    )
    said = tried(tmp_path / "test_toy.py").stdout
    assert "toy-line slope: survives 1 tests" in said
    assert said.splitlines()[-1] == "[('toy-line', 'slope')]"


def test_a_test_that_fails_without_a_change_is_named(tmp_path):
    (tmp_path / "test_toy.py").write_text(
        "from offcenter.examples import EXAMPLES\n\n"
        "def test_end():\n    assert EXAMPLES['toy-line']().end == 3\n"
    )
    ended = tried(tmp_path / "test_toy.py")
    assert ended.returncode == 1
    assert "fails without a change: test_toy.py::test_end" in ended.stdout + ended.stderr
