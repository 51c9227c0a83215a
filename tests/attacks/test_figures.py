"""Sentences in and beside figures, and of the pages around the chapters, that one case breaks."""

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from offcenter.descent import Setting, plane_run
from offcenter.figures import FIGURES, draw
from offcenter.figures.batches import step_counts
from offcenter.figures.fisher import damping_law, equal_change
from offcenter.figures.opening import GOAL, opening
from offcenter.figures.signs import neuron
from offcenter.figures.zigzag import step_sizes
from offcenter.remedies._layer import layer, rounds_of_descent
from offcenter.signs import single_signed
from offcenter.spectrum import iid_eigenvalues, second_moment

ROOT = Path(__file__).resolve().parents[2]


def test_the_step_size_that_is_best_in_the_long_run_is_not_best_from_this_start():
    record = step_sizes()
    at = np.abs(record.multiples - record.best).argmin()
    assert record.steps.min() < record.steps[at]
    words = re.sub(r"<[^>]*>", " ", draw("zigzag-step-size").svg)
    assert "best in the long run" in " ".join(words.split())
    # At 2/λmax itself the stiff axis swings for ever, and nothing diverges.
    assert "diverges beyond 2" in words


def test_other_fixed_step_sizes_arrive_before_the_one_that_is_best_in_the_long_run():
    record = opening()
    other = plane_run(Setting(mean=1.0, step_size=1.865), goal=GOAL)
    assert other.path.steps < record.steps
    assert "best in the long run" in draw("opening-bowl").alt
    # On the layer of the remedies, too.
    values = np.linalg.eigvalsh(second_moment(layer("sigmoid").activations(), bias=True))
    kept = 1 - 0.9993 * 2 / (values[0] + values[-1]) * values
    assert np.mean(kept ** (2 * 4000)) < 1e-3
    assert rounds_of_descent(values) > 4700
    for page in ("index.md", "book/remedies.md"):
        assert "step size that is best in the long run" in (ROOT / page).read_text(encoding="utf-8")


def test_titles_say_which_path_never_turns_back_and_that_not_every_step_does():
    # Centered, the path never turns back either, and arrives first of all.
    runs = FIGURES["zigzag-presets"].data().runs
    arrived = {(round(run.kappa), run.turns): run.steps_to_goal for run in runs}
    assert arrived[1, 0] < max(arrived.items(), key=lambda each: each[0][1])[1] < arrived[7, 0]
    assert FIGURES["zigzag-presets"].title.startswith("At κ = 7")
    # One of the fastest runs goes straight on at a third of its steps.
    sizes = [plane_run(Setting(step_size=float(m))) for m in np.arange(1.5, 1.9, 0.025)]
    fewest = min(run.steps_to_goal for run in sizes)
    turns = [run.turns for run in sizes if run.steps_to_goal == fewest]
    assert 0 < min(turns) < 0.75 * fewest
    assert "every step" not in FIGURES["zigzag-step-size"].title


def test_flipped_inputs_mix_the_signs_of_each_example_and_can_unmix_those_of_the_batch():
    record = neuron(flip=True)
    assert not single_signed(record.gradients).any()
    assert single_signed(record.batch[np.newaxis]).all()
    plan = (ROOT / "book/teaching.md").read_text(encoding="utf-8")
    assert "Each example's gradient has mixed signs now" in plan


def test_without_a_mean_twice_the_batch_saves_less_than_half_once_it_holds_more_than_the_inputs():
    record = step_counts()
    saved = record.steps[-1, :-1] / record.steps[-1, 1:]
    assert saved[0] > 1.95
    assert saved[-1] < 1.6
    assert "at first half the steps" in re.sub(r"<[^>]*>", " ", draw("batches-steps").svg)


def test_a_negative_input_leaves_the_two_quadrants():
    figure = FIGURES["signs-neuron"]
    words = "two opposite quadrants"
    assert words in figure.alt(figure.data())
    assert words not in figure.alt(figure.data(points=((1.0, 1.0), (-1.0, 1.0), (1.0, 1.0))))


def test_inputs_with_means_of_opposite_sign_agree_in_less_than_half():
    # What "independent and have a mean" left out: alike.
    rng = np.random.default_rng(0)
    X = rng.standard_normal((4000, 64, 2)) + np.array([1.0, -1.0])
    G = np.einsum("tb,tbi->ti", rng.standard_normal((4000, 64)), X)
    assert np.mean(G[:, 0] * G[:, 1] > 0) < 0.4
    page = (ROOT / "book/teaching.md").read_text(encoding="utf-8")
    assert "independent and alike and have a mean" in page


@pytest.mark.parametrize("variance", [0.1, 0.25, 0.9])
def test_the_eigenvalue_of_the_bias_does_not_fall_as_far_as_the_outlier_climbs(variance):
    values = iid_eigenvalues(100, 0.5, variance, bias=True)
    assert values[-1] / variance != pytest.approx(variance / values[0], rel=0.05)
    assert values[0] < variance
    figure = FIGURES["centering-spectrum"]
    assert "as far" not in figure.alt(figure.data(variance=variance, bias=True))


def test_a_shift_moves_the_natural_gradient_of_a_unit_without_a_bias():
    figure = FIGURES["fisher-two-paths"]
    record = figure.data(bias=False)
    assert record.change("natural") > 0.1
    assert "natural gradient up to" in figure.alt(record)
    assert "natural gradient by nothing" in figure.alt(figure.data())


def test_the_readme_names_all_that_the_library_needs():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {re.match(r"[a-z0-9]+", line)[0] for line in project["dependencies"]}
    said = (ROOT / "README.md").read_text(encoding="utf-8").lower()
    assert {name for name in needed if name not in said} == set()


def test_what_damping_lets_through_levels_off_above_one():
    # "Levels off near 1", the text alternative said.
    record = damping_law()
    ends = [changes[-1] for changes in record.changes]
    assert min(ends) > 1.4
    for end in ends:
        assert f"{end:.1f}" in draw("fisher-damping").alt.split("levels off")[1]


def test_the_loss_falls_by_another_share_than_its_linear_part():
    record = equal_change()
    rng = np.random.default_rng(7)
    x = rng.standard_normal(40)
    x = (x - x.mean()) / x.std() + record.means[0]
    y = 2 * (x - record.means[0]) + 1 + rng.logistic(size=40) > 0
    falls = []
    for dw, db in (record.plain[0], record.natural[0]):
        s = dw * x + db
        falls.append(np.log(2) - np.mean(np.logaddexp(0, s) - y * s))
    alt = draw("fisher-ellipses").alt
    assert f"{falls[0] / falls[1]:.0%}" not in alt
    assert "to first order" in alt


def test_beside_a_bias_the_largest_eigenvalue_need_not_leave_the_others():
    # At mean 0 it is the 1 of the bias, far above the variance of the inputs.
    values = iid_eigenvalues(100, 0.0, 0.25, bias=True)
    assert values[-1] == 1
    assert values[-2] == 0.25
    assert "leaves them" not in draw("centering-spectrum", bias=True).alt
