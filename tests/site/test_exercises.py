"""Each exercise has a level and a hint, and what can be checked in its page is what comes out."""

from __future__ import annotations

import math
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from offcenter.activations import ACTIVATIONS
from offcenter.descent import Setting, plane_run, sgd
from offcenter.normal import normal_expectation
from offcenter.signs import single_signed
from offcenter.spectrum import condition_number, iid_condition_number
from offcenter_site.pages.practice import LEVELS, canonical, digest

ROOT = Path(__file__).resolve().parents[2]
PRACTICE = re.compile(
    r"^```\{practice\} (\S+)\n:level: (\w+)\n(?::ask: ([^\n]*)\n)?(?::choices: ([^\n]*)\n)?"
    r"(?::answer: ([^\n]*)\n)?(?!:)(.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@cache
def practice() -> dict[str, tuple[str, ...]]:
    """Return level, question, choices, answer and hint of each exercise, as the pages have them."""
    texts = [page.read_text(encoding="utf-8") for page in sorted((ROOT / "book").glob("*.md"))]
    return {label: rest for text in texts for label, *rest in PRACTICE.findall(text)}


def test_every_exercise_has_a_level_and_a_hint_right_behind_it() -> None:
    behind = re.compile(
        r"\{exercise(?:-start)?\}[^\n]*\n:label: (\S+)\n(?:(?!^```\{solution).)*?"
        r"^```\{practice\} (\S+)\n",
        re.MULTILINE | re.DOTALL,
    )
    pages = [page.read_text(encoding="utf-8") for page in (ROOT / "book").glob("*.md")]
    pairs = [pair for text in pages for pair in behind.findall(text)]
    labels = [label for text in pages for label in re.findall(r"^:label: (ex-\S+)$", text, re.M)]
    assert sorted(label for label, _ in pairs) == sorted(labels)
    assert all(label == helped for label, helped in pairs)
    assert all(level in LEVELS and hint.strip() for level, *_, hint in practice().values())
    assert {level for level, *_ in practice().values()} == set(LEVELS)


def guess_share() -> float:
    """Return how many gradients of the lecture's example have one sign."""
    rng = np.random.default_rng(0)
    inputs = rng.random((500, 3))
    path = sgd(inputs, inputs @ [1, -2, 3], np.zeros(3), step_size=0.5, steps=2000, rng=rng)
    return 100 * float(single_signed(path.gradients).mean())


def limit_of_depth() -> float:
    """Return l²ε after many layers of the recursion, which comes to its limit like ln(l)/l."""
    k, error, last = 2 * math.sqrt(2) / (3 * math.pi), 0.01, 4_000_000
    for _ in range(last):
        error -= k * error**1.5
    return last**2 * error


def batch_gradient() -> float:
    """Return the middle entry of the mean of two gradients."""
    return float(np.mean([-3 * np.array([2, 0, 1]), 2 * np.array([1, 1, 4])], axis=0)[1])


def detour() -> float:
    """Return the length of the way to (1, −1) along two examples, over that of the straight one."""
    examples = np.array([[1, 1.5], [1.5, 1]])
    multiples = np.linalg.solve(examples.T, [1, -1])
    steps = np.abs(multiples) @ np.linalg.norm(examples, axis=1)
    return float(steps / math.hypot(1, 1))


def natural_step() -> float:
    """Return the step of the weight of one logistic unit, by its Fisher matrix."""
    inputs = np.array([[1.0, 1], [2, 1], [3, 1]])
    gradient = inputs.T @ (0.5 - np.array([0, 0, 1])) / 3
    return float(np.linalg.solve(inputs.T @ inputs / 12, -gradient)[0])


def codes() -> float:
    """Return the probability of a bit for which both codes have one κ."""
    p = np.linspace(0.01, 0.49, 49)
    signs, bits = (2 * p - 1) ** 2 / (4 * p * (1 - p)), p / (1 - p)
    return float(p[np.argmin(np.abs(np.log(signs / bits)))])


def steepest() -> float:
    """Return the b for which the second derivative of tanh(bx) is largest at x = 1."""
    z = np.linspace(0.001, 3, 3_000_000)
    t = np.tanh(z)
    return float(z[np.argmax(t - t**3)])


# What can be computed, by the library or from the words of the exercise.
NUMBERS = {
    "ex-signs-cone": detour,
    "ex-signs-hand": batch_gradient,
    "ex-zigzag-start": lambda: 1 - 2 / (7 / 12 + 1 / 12) * 7 / 12,
    "ex-zigzag-perron": lambda: condition_number(np.diag([1.0, 1.0])),
    "ex-centering-three": lambda: iid_condition_number(3, 1, 1),
    "ex-centering-codes": codes,
    "ex-batches-hand": lambda: math.sin((2 / 3 - 1 / 2) * math.pi),
    "ex-remedies-two": lambda: condition_number(np.array([[2.0, 1], [1, 2]])),
    "ex-networks-stride": lambda: 2 / 8,
    "ex-fisher-hand": natural_step,
    "ex-today-attention": lambda: float(np.array([[1, 0], [1, 0]])[:, 0].sum()),
    "ex-networks-limit": lambda: 9 * math.pi**2 / 2,
    "ex-misconceptions-shift": lambda: normal_expectation(
        lambda z: ACTIVATIONS["selu"].value(z + 0.5)
    ),
    "ex-questions-tanh": steepest,
    "ex-questions-guess": guess_share,
}
# What is counted in the solution, not computed.
COUNTED = {"ex-signs-flip", "ex-networks-breaks"}


@pytest.mark.parametrize("label", NUMBERS)
def test_the_answer_is_the_number_that_comes_out(label: str) -> None:
    assert canonical(practice()[label][3]) == canonical(repr(float(NUMBERS[label]())))


def test_the_limit_of_depth_is_that_of_the_recursion() -> None:
    assert limit_of_depth() == pytest.approx(9 * math.pi**2 / 2, rel=1e-3)


def test_one_step_size_below_the_limit_turns_as_often_as_it_steps() -> None:
    # Of two settings with one number of steps the one nearer to the limit turns.
    turning, smooth = plane_run(Setting(step_size=1.858)), plane_run(Setting(step_size=1.0))
    assert turning.turns > smooth.turns == 0


def test_each_answer_is_computed_or_chosen() -> None:
    asked = {label: rest for label, rest in practice().items() if rest[1]}
    typed = {label for label, (_, _, choices, _, _) in asked.items() if not choices}
    assert typed == set(NUMBERS) | COUNTED
    for label, (_, _, choices, answer, _) in asked.items():
        assert not choices or answer in choices.split("; "), label
    assert len(asked) > 30


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("−3/4", "-0.75"),
        (" 0.7501 ", "0.75"),
        ("5.099", "5.1"),
        ("1e2", "100"),
        ("0", "0"),
        ("-0", "0"),
        ("The  Same", "the same"),
        ("1/0", "1/0"),
        # A half goes up, as a script rounds it.
        ("5/16", "0.313"),
        ("1.125", "1.13"),
        ("1/2/3", "1/2/3"),
    ],
)
def test_an_answer_is_compared_as_it_is_meant(typed: str, read: str) -> None:
    assert canonical(typed) == read


def test_an_answer_that_a_page_could_not_compare_is_refused() -> None:
    with pytest.raises(ValueError, match="between 1e-4 and 1e5"):
        canonical("1000000")


def test_no_page_holds_an_answer_in_clear_text(site: Path) -> None:
    found = 0
    for page in (site / "book").glob("*.html"):
        text = page.read_text(encoding="utf-8")
        for salt, held in re.findall(
            r'<form class="check" data-salt="([^"]*)" data-digest="([^"]*)"',
            text,
        ):
            assert held == digest(salt, practice()[salt][3])
            found += 1
    assert found > 30


def test_the_solution_on_shifted_inputs_prints_the_step_size_that_it_names(capsys) -> None:
    page = (ROOT / "book" / "fisher.md").read_text(encoding="utf-8")
    _, _, solution = page.partition("```{solution} ex-fisher-code")
    code = "\n".join(re.findall(r"^    (.*)$", solution.partition("```\n")[0], re.MULTILINE))
    exec(code, {})
    assert format(float(capsys.readouterr().out.split()[-1]), ".2f") == "0.16"
    assert "The last line prints 0.16:" in solution


def test_a_reader_checks_an_answer_by_keyboard(reader, address: str) -> None:
    with reader.open(f"{address}/book/zigzag.html") as page:
        form = page.locator("[data-salt=ex-zigzag-start]")
        form.locator("input").press_sequentially("-1/2")
        form.locator("input").press("Enter")
        assert form.get_by_role("status").inner_text() == "Not that."
        for right in ("−3/4", "-.75", "-0.7501"):
            form.locator("input").fill(right)
            form.locator("input").press("Enter")
            assert form.get_by_role("status").inner_text() == "Right."
        chosen = page.locator("[data-salt=ex-zigzag-breaks]")
        chosen.locator("select").select_option("yes")
        chosen.get_by_role("button").press("Enter")
        assert chosen.get_by_role("status").inner_text() == "Right."
        assert page.complaints == []


def test_without_a_script_there_is_a_hint_and_no_field(reader, address: str) -> None:
    with reader.open(f"{address}/book/zigzag.html", java_script_enabled=False) as page:
        assert page.locator(".practice details").count() > 3
        assert not page.locator(".check").first.is_visible()


def test_on_paper_hints_and_solutions_stand_open_without_a_sign_of_being_closed(
    reader, address: str
) -> None:
    with reader.open(f"{address}/book/signs.html") as page:
        page.emulate_media(media="print")
        signs = page.evaluate(
            "[...document.querySelectorAll('.practice summary, .solution > summary')]"
            ".map((summary) => getComputedStyle(summary).listStyleType)"
        )
        assert set(signs) == {"none"}
        assert page.locator(".practice details p").first.bounding_box()["height"] > 0
        assert page.locator(".solution p").first.bounding_box()["height"] > 0
