"""What the movable figures compute in a browser is what the library computes, to 1e-9."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from offcenter.activations import ACTIVATIONS
from offcenter.descent import PRESETS, Setting, plane_run
from offcenter.figures.batches import SIZES, agreements, regime_curves
from offcenter.figures.centering import spectrum
from offcenter.figures.centering_inputs import outputs
from offcenter.figures.fisher_paths import two_paths
from offcenter.figures.networks_pace import GOALS, stride_data
from offcenter.figures.opening import opening
from offcenter.figures.signs import neuron
from offcenter.figures.today_spectrum import spectrum_data
from offcenter.signs import sign_agreement, single_signed
from offcenter.spectrum import iid_condition_number, iid_eigenvalues, iid_second_moment
from offcenter.today import PLACES
from offcenter_site.editions.browser import patient
from offcenter_site.movable.catalog import MOVABLES
from offcenter_site.movable.directive import bundle

TOLERANCE = 1e-9


@pytest.fixture(scope="module")
def script(chromium):
    """Run a JavaScript function of one argument in a browser that has loaded every figure."""
    page = patient(chromium.new_page())
    page.add_script_tag(content=bundle(MOVABLES))

    def run(function, argument=None):
        return page.evaluate(f"(argument) => ({function})(argument)", argument)

    yield run
    page.close()


def close(found, wanted):
    """Whether two numbers or arrays agree to 1e-9 of the larger of 1 and their size."""
    found, wanted = np.asarray(found, dtype=float), np.asarray(wanted, dtype=float)
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found, wanted, rtol=TOLERANCE, atol=TOLERANCE)


def test_the_normal_distribution_is_that_of_the_c_library(script):
    z = np.linspace(-9, 9, 721)
    found = np.array(script("(z) => z.map(offCenter.math.normalCdf)", z.tolist()))
    wanted = np.array([0.5 * math.erfc(-value / math.sqrt(2)) for value in z])
    close(found, wanted)
    # The tail too: relative, not only absolute.
    np.testing.assert_allclose(found, wanted, rtol=1e-9)


@pytest.mark.parametrize("count", [1, 2, 5, 24, 64])
def test_quadrature_rules_are_those_of_numpy(script, count):
    rule = script("(count) => offCenter.math.gaussLegendre(count)", count)
    nodes, weights = np.polynomial.legendre.leggauss(count)
    close(sorted(rule["nodes"]), nodes)
    close(np.array(rule["weights"])[np.argsort(rule["nodes"])], weights)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_and_their_moments_are_the_same(script, name):
    z = np.linspace(-30, 30, 601)
    function = f"offCenter.math.ACTIVATIONS.{name}"
    close(script(f"(z) => z.map({function})", z.tolist()), ACTIVATIONS[name].value(z))
    found = script(f"() => offCenter.math.moments({function})")
    close([found["mean"], found["variance"]], [ACTIVATIONS[name].mean, ACTIVATIONS[name].variance])


def test_the_browser_knows_no_other_activations(script):
    assert set(script("() => Object.keys(offCenter.math.ACTIVATIONS)")) == set(ACTIVATIONS)


# No diverging run starts exactly on the slow axis: there both would show their own rounding errors,
# grown, and nothing else.
PLANE = [
    Setting(mean=mean, step_size=step, momentum=momentum, start=start)
    for mean, step, momentum, start in itertools.product(
        (0.0, 0.13, 0.5, 1.0),
        (0.05, 0.7, 1.0, 1.5, 1.75, 1.93, 2.1, 2.5),
        (0.0, 0.3, 0.95),
        ((1.0, 0.0), (1.0, -0.9), (-0.35, 1.2)),
    )
] + list(PRESETS.values())


def test_zigzag_paths_are_those_of_the_library(script):
    states = [
        {
            "mean": setting.mean,
            "step": setting.step_size,
            "momentum": setting.momentum,
            "x": setting.start[0],
            "y": setting.start[1],
        }
        for setting in PLANE
    ]
    results = script("(states) => states.map(offCenter.figures.zigzag.compute)", states)
    for setting, found in zip(PLANE, results, strict=True):
        run = plane_run(setting)
        close(found["points"], run.path.points)
        close(found["kappa"], run.kappa)
        close(found["eigenvalues"], run.eigenvalues)
        close(found["length"], run.path.length)
        close(found["losses"], run.path.losses)
        if setting.momentum == 0:
            first = np.array([[1, -1], [1, 1]]) / math.sqrt(2)
            step = setting.step_size / run.eigenvalues[1]
            close(
                found["factors"], np.diag(first @ (np.eye(2) - step * run.second_moment) @ first.T)
            )
        assert found["turns"] == run.turns, setting
        assert found["steps"] == run.steps_to_goal, setting
        assert found["diverges"] == run.diverges, setting


def test_the_opening_is_that_of_the_library(script):
    means = [0.0, 0.01, 0.37, 0.5, 1.0]
    results = script("(ms) => ms.map(mean => offCenter.figures.opening.compute({ mean }))", means)
    for mean, found in zip(means, results, strict=True):
        record = opening(mean)
        close(found["points"], record.path.points)
        close(found["losses"], record.path.losses)
        close(found["kappa"], record.kappa)
        assert found["steps"] == record.steps


def test_constants_of_the_library_come_from_it(script):
    selu = ACTIVATIONS["selu"].value
    found = script("() => offCenter.library")
    z = np.array([-2.0, 3.0])
    scale, alpha = found["selu"]["scale"], found["selu"]["alpha"]
    close(selu(z), scale * np.where(z > 0, z, alpha * np.expm1(z)))


def test_the_signs_of_three_examples_are_those_of_the_library(script):
    rng = np.random.default_rng(4)
    states = []
    for show, flip in itertools.product(("1", "2", "3", "batch"), (False, True)):
        for _ in range(20):
            # Coarse values, so that zeros and negative inputs occur.
            values = np.round(rng.uniform(-2, 2, size=9) * 2) / 2
            keys = ("x1", "y1", "x2", "y2", "x3", "y3", "d1", "d2", "d3")
            states.append(
                dict(zip(keys, values.tolist(), strict=True)) | {"show": show, "flip": flip}
            )
    results = script("(states) => states.map(offCenter.figures.signs.compute)", states)
    for state, found in zip(states, results, strict=True):
        points = [[state[f"x{k}"], state[f"y{k}"]] for k in (1, 2, 3)]
        deltas = [state[f"d{k}"] for k in (1, 2, 3)]
        record = neuron(points=points, deltas=deltas, flip=state["flip"])
        gradients, batch = record.gradients, record.batch
        close(found["inputs"], record.inputs)
        close(found["gradients"], gradients)
        close(found["batch"], batch)
        shown = batch if state["show"] == "batch" else gradients[int(state["show"]) - 1]
        close(found["shown"], shown)
        assert found["single"] == single_signed(np.vstack([gradients, batch])).tolist()


def test_flipping_a_sign_convention_reflects_the_picture_and_changes_nothing_else(script):
    both = script(
        "(state) => [false, true].map(flip => offCenter.figures.signs.compute({ ...state, flip }))",
        MOVABLES["signs"].defaults,
    )
    for key in ("inputs", "gradients", "batch", "shown"):
        assert (np.array(both[0][key]) * [1, -1] == np.array(both[1][key])).all()


SPECTRA = list(
    itertools.product((2, 3, 100, 1000), (0.0, 0.03, 0.5, 1.0), (0.01, 0.25, 1.0), (False, True))
)


def test_spectra_are_those_of_the_library_and_of_the_matrix_itself(script):
    states = [
        {"n": n, "mean": mean, "variance": variance, "bias": bias}
        for n, mean, variance, bias in SPECTRA
    ]
    results = script("(states) => states.map(offCenter.figures.centering.compute)", states)
    for (n, mean, variance, bias), found in zip(SPECTRA, results, strict=True):
        values = sorted(found["outliers"] + [found["bulk"]] * found["count"])
        close(values, iid_eigenvalues(n, mean, variance, bias=bias))
        if n <= 100:
            M = iid_second_moment(n, mean, variance, bias=bias)
            close(values, np.linalg.eigvalsh(M))
        close(found["kappa"], iid_condition_number(n, mean, variance, bias=bias))
        close(found["share"], mean**2 / (mean**2 + variance))


def test_the_printed_spectrum_is_drawn_from_the_same_numbers(script):
    states = [
        {"n": n, "mean": mean, "variance": variance, "bias": bias}
        for n, mean, variance, bias in SPECTRA
    ]
    results = script("(states) => states.map(offCenter.figures.centering.compute)", states)
    for state, found in zip(states, results, strict=True):
        record = spectrum(**state)
        curves = np.array(found["curves"])
        close(curves[:, 0], record.top)
        close(np.minimum(curves[:, -1], found["bulk"]), record.low)
        close(found["kappa"], record.kappa)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize(("shift", "n"), [(0.0, 100), (0.31, 2), (-0.5, 1000), (1.0, 100)])
def test_the_distribution_of_an_activation_is_that_of_the_library(script, name, shift, n):
    state = {"name": name, "shift": shift, "n": n}
    found = script("(state) => offCenter.figures.activation.compute(state)", state)
    record = outputs(activation=name, shift=shift, n=n)
    for key in ("edges", "shares", "mean", "deviation", "kappa", "axis", "ratios", "curve"):
        close(found[key], getattr(record, key))
    for key in ("offset_share", "kappa_bias", "curve_bias", "highest"):
        own = {"offset_share": "share", "kappa_bias": "kappaBias", "curve_bias": "curveBias"}
        close(found[own.get(key, key)], getattr(record, key))
    biased = iid_condition_number(n, record.mean, record.deviation**2, bias=True)
    close(found["kappaBias"], biased)
    ends = [record.mean + shift + way for way in (-1, 1)]
    close(found["reach"], np.array(ends) / record.deviation)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_agreement_in_batches_is_that_of_the_library(script, name):
    data = MOVABLES["batches"].data()
    states = [{"name": name, "size": size} for size in SIZES]
    found = script(
        "([states, data]) => states.map(s => offCenter.figures.batches.compute(s, data))",
        [states, data],
    )
    [curve] = agreements(names=(name,)).curves
    close([result["agreement"] for result in found], curve.share.round(3))
    for result in found:
        close(result["limit"], sign_agreement(curve.offset_share))
        close(result["offset"], curve.offset_share)


@pytest.mark.parametrize("name", ["sigmoid", "relu"])
def test_the_regimes_of_a_batch_are_those_of_the_library(script, name):
    data = MOVABLES["regimes"].data()
    curves = [
        curve
        for noise in data["noises"]
        for curve in regime_curves(activation=name, noise_to_signal=noise).curves
    ]
    for curve in curves:
        state = {"name": name, "law": curve.law, "noise": curve.noise_to_signal}
        states = [state | {"size": size} for size in data["sizes"]]
        found = script(
            "([states, data]) => states.map(s => offCenter.figures.regimes.compute(s, data))",
            [states, data],
        )
        share = curve.share.round(3)
        close([result["agreement"] for result in found], share)
        close(found[0]["measured"], share)
        close(found[0]["theory"], curve.theory)
        close(found[0]["plateau"], curve.plateau)
        close(found[0]["crossover"], curve.crossover)


@pytest.mark.parametrize("place", PLACES)
def test_the_spectra_of_the_language_model_are_those_of_the_library(script, place):
    data = MOVABLES["spectrum"].data()
    for mean in (0.0, 0.01, 0.2, 0.5, 0.83, 1.0):
        found = script(
            "([state, data]) => offCenter.figures.spectrum.compute(state, data)",
            [{"place": place, "mean": mean}, data],
        )
        record = spectrum_data(place=place, mean=mean)
        close(found["values"], record.values)
        close(found["parts"], record.parts)
        close(found["raw"], record.raw)
        close(found["without"], record.centered)
        close(found["share"], record.share)
        close(found["left"], mean**2 * record.share)


def test_each_place_in_the_language_model_can_be_chosen():
    [choice] = [field for field in MOVABLES["spectrum"].fields if field.key == "place"]
    assert list(choice.options) == list(PLACES) == list(MOVABLES["spectrum"].data())


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu"])
def test_the_walk_along_the_road_is_by_equal_shares_of_the_curvature(script, name, goal):
    found = script(
        """([state, data]) => offCenter.figures.stride.compute(state, data).ways.map(way =>
          ({ ...way, prints: Array.from({ length: way.steps }, (_, k) => way.at(k + 1)),
             at: [0, 0.37, 1, 2.5, 1e9].map(way.at) }))""",
        [{"name": name, "goal": goal}, MOVABLES["stride"].data()],
    )
    record = stride_data(activation=name, target=goal)
    assert [way["steps"] for way in found] == list(record.steps)
    close([way["end"] for way in found], record.spans)
    for way, prints, times, strides in zip(
        found, record.footprints, record.times, record.strides, strict=True
    ):
        close(way["prints"], prints[1:])
        # By another route: λ/2 by the trapezoidal rule, and its share at each place.
        pieces = np.diff(times) * (1 / strides[1:] + 1 / strides[:-1]) / 2
        gone = np.concatenate([[0], np.cumsum(pieces)])
        end = np.interp(way["end"], times, gone)
        shares = np.minimum(1, np.array([0, 0.37, 1, 2.5, 1e9]) / way["steps"])
        close(way["at"], np.interp(end * shares, gone, times))


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu"])
def test_more_goals_lie_between_those_of_the_printed_roads(script, name):
    data = MOVABLES["stride"].data()
    ways = data["ways"][name]
    [field] = [field for field in MOVABLES["stride"].fields if field.key == "goal"]
    assert sorted(field.values) == sorted(data["losses"])
    for goal in GOALS:
        record = stride_data(activation=name, target=goal)
        place = data["losses"].index(goal)
        close([way["ends"][place] for way in ways], record.spans)
        assert [way["counts"][place] for way in ways] == list(record.steps)
    for way in ways:
        assert len(way["ends"]) == len(way["counts"]) == len(data["losses"])
        assert (np.diff(way["ends"]) > 0).all()
        assert (np.diff(way["counts"]) >= 0).all()
        # No goal is far from the next.
        assert max(np.diff(way["ends"])) < 0.07 * way["ends"][-1]


def test_what_the_question_on_road_and_stride_is_answered_with():
    for name, goal in itertools.product(("sigmoid", "tanh", "relu"), GOALS):
        record = stride_data(activation=name, target=goal)
        ends = np.array(record.spans)
        assert (ends[1:] >= 0.99 * ends[0]).all()
        if name != "relu":
            assert np.ptp(ends) < 0.03 * ends.min()
        else:
            assert ends[1] > 1.1 * ends[0]
        assert record.steps[-1] < 0.6 * record.steps[0]


CODES = list(itertools.product((-3.2, -0.7, 0.0, 3.0), (-1.7, 0.4), (-0.5, 2.8)))
COMPUTE = "([states, data]) => states.map(s => offCenter.figures.fisher.compute(s, data))"


@pytest.mark.parametrize("bias", [True, False])
def test_both_paths_of_the_logistic_unit_are_those_of_the_library(script, bias):
    states = [{"x": x, "w": w, "y": y, "bias": bias} for x, w, y in CODES]
    found = script(COMPUTE, [states, MOVABLES["fisher"].data()])
    for (shift, weight, output), result in zip(CODES, found, strict=True):
        record = two_paths(shift=shift, start=(weight, output), bias=bias)
        close(result["inputs"], record.inputs[:, 0] + record.shift)
        for method in ("gradient", "natural"):
            for name, path in (("still", record.still), ("moved", record.moved)):
                paths = result[method]["still"] if name == "still" else result[method]
                wanted = np.column_stack([path[method].weights, path[method].biases])
                close(paths["points"], wanted)
            close(result[method]["change"], record.change(method))


def test_the_shift_changes_the_natural_gradient_by_rounding_only(script):
    states = [{"x": x, "w": w, "y": y, "bias": True} for x, w, y in CODES]
    found = script(COMPUTE, [states, MOVABLES["fisher"].data()])
    for (shift, *_), result in zip(CODES, found, strict=True):
        assert result["natural"]["change"] < 1e-9
        assert (result["gradient"]["change"] > 0.1) == (shift != 0.0)
