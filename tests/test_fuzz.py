"""Every public function and method, each parameter in turn, with values that nobody meant.

A call returns numbers or raises the library's own error, whose message names the argument and says
what must be.
"""

import copy
import importlib
import inspect
import math
import pickle
import re
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import sympy

from offcenter.activations import ACTIVATIONS
from offcenter.batches import Feature
from offcenter.descent import Setting, gradient_descent
from offcenter.errors import OffCenterError
from offcenter.experiment import Line
from offcenter.fisher import LogisticUnit, unit_fisher
from offcenter.network import Convolution, Family, Images, Problem, forward, initialize

MODULES = (
    "activations",
    "batches",
    "data",
    "descent",
    "examples",
    "experiment",
    "fisher",
    "layers",
    "network",
    "normal",
    "remedies",
    "samples",
    "signs",
    "spectrum",
    "today",
)

rng = np.random.default_rng(0)
X = rng.standard_normal((8, 3))
H = np.eye(3) + 0.5
network = initialize((3, 4, 2), activation="tanh", rng=rng)
labels = np.array([0, 1] * 4)
family = Family((3, 4, 2), "tanh")
theta = 0.1 * rng.standard_normal((2, family.parameters))
problem = Problem(np.array([X, X]), np.array([np.eye(2)[labels]] * 2))
images = Images.of(rng.uniform(size=(2, 8, 16)), problem.targets)
kernels = Convolution(4, 2, 2)
many = 0.1 * rng.standard_normal((2, kernels.parameters))
narrow = initialize((3, 4, 1), activation="tanh", rng=rng)
z = sympy.Symbol("z", real=True)

# What a parameter of this name gets where nothing hostile stands there.
GOOD = {
    "C": H,
    "G": X,
    "H": H,
    "M": H,
    "W": X,
    "X": X,
    "Z": X,
    "activation": "tanh",
    "activations": X,
    "b": 0.1,
    "b0": 0.1,
    "batch_size": 2,
    "bias": True,
    "centered": True,
    "correlation": 0.5,
    "cosine": 0.5,
    "damping": 0.1,
    "dampings": (0.1, 1.0),
    "db": 0.1,
    "delta": 0.5,
    "decay": 0.9,
    "depth": 3,
    "doublings": 3,
    "drawn": X,
    "dw": np.array([0.1, 0.2, 0.3]),
    "eigenvalues": np.array([1.0, 2.0, 3.0]),
    "epsilon": 1e-8,
    "errors": X,
    "eta": 0.1,
    "examples": 12,
    "expression": z**2,
    "family": family,
    "feature": Feature.gaussian(1.0, 1.0),
    "function": np.tanh,
    "g": np.array([0.1, 0.2]),
    "gain": 1.0,
    "inside": 0.5,
    "intercept": 0.5,
    "keep": 0.5,
    "labels": labels,
    "largest": 3.0,
    "law": "rare",
    "logits": X,
    "look": 1,
    "mean": 0.5,
    "n": 3,
    "network": network,
    "networks": [network, network],
    "noise_to_signal": 1.0,
    "offset_ratio": 0.5,
    "offset_share": 0.5,
    "outputs": 2,
    "patches": X,
    "preconditioner": H,
    "problem": problem,
    "products": 3,
    "ratio": 2.0,
    "readers": 3,
    "rounds": 3,
    "runs": 2,
    "scores": np.eye(3),
    "seed": 3,
    "shape": (3, 2),
    "shift": np.array([0.1, 0.2, 0.3]),
    "signs": np.array([1.0, -1.0, 1.0]),
    "smallest": 1.0,
    "states": forward(network, X),
    "step_size": 0.1,
    "step_sizes": (0.1, 0.5),
    "steps": 12,
    "targets": (0.6, 0.5),
    "test": problem,
    "theta": theta,
    "trials": 4,
    "units": 2,
    "v": np.array([1.0, 2.0, 3.0]),
    "values": np.ones((3, 2)),
    "variance": 1.0,
    "w": np.array([0.1, 0.2, 0.3]),
    "w0": np.array([0.1, 0.2, 0.3]),
    "weights": np.eye(3),
    "x": np.array([1.0, 2.0, 3.0]),
    "y": np.array([0.0, 1.0] * 4),
}
UNIT = {"g": np.array([0.1, 0.2, 0.3]), "g0": 0.1}
# And where a function means something else by a name.
OF_ITS_OWN = {
    "activation": {"name": "tanh"},
    "Feature.gaussian": {"mean": 1.0, "variance": 1.0},
    "Feature.of": {"name": "sigmoid"},
    "Convolution.backward": {"theta": many, "patches": images.inputs, "targets": images.targets},
    "Convolution.forward": {"theta": many, "patches": images.inputs},
    "Convolution.logits": {"theta": many, "X": images.inputs},
    "Convolution.parts": {"theta": many},
    "Family.logits": {"X": problem.inputs},
    "Images.accuracies": {"family": kernels, "theta": many},
    "Images.gradients": {"family": kernels, "theta": many},
    "Images.losses": {"family": kernels, "theta": many},
    "Images.of": {"pixels": rng.uniform(size=(2, 8, 16)), "targets": images.targets},
    "Images.rows": {"seeds": np.array([1, 0])},
    "Line.error_on_fair_bits": {"truth": Line(np.ones(3), 0.5)},
    "Line.errors": {"y": np.ones(8)},
    "Path.first": {"steps": 2},
    "Path.steps_to": {"goal": 0.5},
    "Path.until": {"goal": 0.5},
    "Problem.hessian_products": {"v": theta},
    "Problem.rows": {"seeds": np.array([1, 0])},
    "UnitFisher.bias_shift": UNIT,
    "UnitFisher.natural_direction": UNIT,
    "add_step": {"step": np.full(26, 0.1)},
    "batch_agreement": {"name": "sigmoid", "batch_sizes": (1, 2)},
    "batch_normalized_gradients": {"delta": np.ones(8)},
    "batch_regimes": {"name": "sigmoid"},
    "contest": {"name": "sigmoid-raw", "sizes": (64, 2, 10)},
    "contraction": {"method": "momentum", "beta": 0.5},
    "convolution_gradient": {"delta": np.ones(8)},
    "convolution_races": {"name": "plain"},
    "convolution_start": {"name": "plain"},
    "cosine_after": {"kind": "relu"},
    "damped_changes": {"shift": 0.5, "steps": 2},
    "edges": {"name": "sigmoid-raw"},
    "exact_expectation": {"z": z},
    "expected_error": {
        "examples": 3,
        "inputs": 5,
        "truth": Line(np.ones(5), 0.5),
    },
    "expected_rounding_error": {"x": np.ones((3, 16)) + np.eye(3, 16), "centered": False},
    "fair_bits": {"inputs": 3},
    "flip_inputs": {},
    "hidden_error": {"weights": "real", "errors": "real"},
    "initialize": {"sizes": (3, 2)},
    "kronecker_step": {"errors": rng.standard_normal((8, 2)), "drawn": rng.standard_normal((8, 2))},
    "larger_races": {"name": "sigmoid-raw"},
    "largest_eigenvalue": {"network": narrow},
    "layer_norm": {"x": X},
    "layers": {"name": "sigmoid-raw", "trained": False},
    "leaky_memory": {},
    "logistic_path": {"method": "natural"},
    "logistic_sample": {"examples": 20},
    "lstm_memory": {"units": 2, "sequences": 2},
    "muon": {"gradient": lambda W: W, "W": X, "kept": 0 * X},
    "natural_step": {},
    "network_of": {"name": "sigmoid-raw", "parameters": np.full(4522, 0.1)},
    "normal_cdf": {"z": X},
    "normal_density": {"z": X},
    "normalized_gram": {"network": narrow},
    "number_of": {"record": Feature(1.0, 1.0, 0.0, 3.0), "path": "mean"},
    "optimizer_race": {"name": "gradient", "writing": "raw", "seeds": (0,), "units": 2},
    "orthogonal": {"gradient": lambda W: W, "W": X, "nothing": None},
    "orthogonalized": {"w0": X[:3], "decay": 0.9},
    "output_error": {"target": 1},
    "output_gram": {"network": narrow},
    "penalized_gradient": {"decay": 0.1},
    "plane_run": {"setting": Setting()},
    "provably_single_signed": {"entries": [z, z**2]},
    "races": {"name": "sigmoid-raw", "sizes": (64, 2, 10), "examples": 32},
    "random_transformer": {
        "tokens": np.arange(4),
        "first": np.array([True, False, True, False]),
        "blocks": 1,
        "width": 64,
    },
    "regression": {"inputs": "tanh", "change": "none", "draws": 1},
    "relu_feature_moments": {"W": X},
    "report": {"activations": {"first": X}},
    "residual_cosines": {"kind": "relu", "depth": 3},
    "residual_network": {"kind": "relu", "depth": 2},
    "rms_norm": {"x": X},
    "goals": {"name": "sigmoid-raw"},
    "roads": {"name": "sigmoid-raw"},
    "round_blocks": {"x": np.ones((3, 16))},
    "rounding_error": {"x": np.ones((3, 16)) + np.eye(3, 16), "centered": False},
    "run_sgd": {"name": "sigmoid"},
    "shallow_races": {"name": "sigmoid-raw"},
    "deep_races": {"activation": "relu"},
    "gradient_shares": {"activation": "relu"},
    "shortest_way": {"d": np.array([1.0, 2.0, 3.0])},
    "sgd": {"y": np.ones(8)},
    "sign_witnesses": {"expression": z},
    "deduced_sign": {"expression": z},
    "smallest_eigenvalue": {"shift": 0.5},
    "split": {"examples": 20},
    "squared_loss_step": {"targets": rng.standard_normal((8, 2)), "method": "pseudo-inverse"},
    "start": {"name": "sigmoid-raw", "sizes": (64, 2, 10), "examples": 20},
    "start_shares": {"attention": False},
    "step_sizes": {"name": "sigmoid-raw"},
    "table_races": {"table": "wine", "hidden": 0},
    "train": {"steps": 3},
    "race": {"limit": 5},
    "tuning": {"method": "momentum"},
    "unit_fisher": {"errors": np.ones(8)},
    "width_eigenvalues": {"activation": "tanh", "widths": (3,), "seeds": (0,)},
    "orthant_split": {"d": np.array([1.0, -2.0])},
    "drawn_ways": {"examples": 20},
    "as_sigmoid_network": {},
    "with_bias": {"mean": np.array([1.0, 2.0, 3.0])},
    "single_example_rate": {"step_size": 0.01},
    "mean_square_matrix": {"step_size": 0.01},
    "mean_square_rate": {"step_size": 0.01},
}
# Registers what it decorates.
NO_FUNCTIONS = {"example"}
# Experiments that run for seconds: they get only what no value of the right kind looks like.
SLOW = {
    "convolution_races",
    "convolution_start",
    "deep_races",
    "edges",
    "effects_of_methods",
    "effects_on_inputs",
    "goals",
    "larger_races",
    "layers",
    "optimizer_race",
    "races",
    "random_transformer",
    "roads",
    "shallow_races",
    "start_shares",
    "step_sizes",
    "table_races",
}
# Their pages say when a result is infinite or not a number.
INFINITE = {
    "Convolution.parts",  # views of the numbers that are given
    "Family.layers",
    "batch_regimes",
    "best_step",
    "condition_number",
    "crossover",
    "race",
    "report",
    "train",
}


# Sizes that do not fit those of another argument: either may be named.
TOGETHER = {"one more", "huge array", "large array", "10**12", "1e160", "largest", "-largest"}
CALLED = {"function", "gradient", "report"}
# What an argument is called where its own name would say less.
ALSO = {("layers.report", "activations"): "layer"}


# What the public methods of records are called on that readers make.
RECORDS = {
    "batches": (Feature.gaussian(1.0, 1.0),),
    "descent": (gradient_descent(H, [1.0, 2.0, 3.0], step_size=0.1, steps=3),),
    "experiment": (Line(np.ones(3), 0.5),),
    "fisher": (LogisticUnit(X, np.ones(3), 0.5), unit_fisher(X, np.ones(8))),
    "network": (family, problem, kernels, images),
}


def functions():
    """Return the public functions by module and name, and the methods of the records."""
    found = {}
    for name, records in RECORDS.items():
        for record in records:
            kind = type(record)
            for word in dir(kind):
                if not word.startswith("_") and inspect.isroutine(getattr(record, word)):
                    found[f"{name}.{kind.__name__}.{word}"] = getattr(record, word)
    for name in MODULES:
        module = importlib.import_module(f"offcenter.{name}")
        for word in module.__all__:
            one = getattr(module, word)
            if inspect.isfunction(one) and word not in NO_FUNCTIONS:
                found[f"{name}.{word}"] = one
    return found


FUNCTIONS = functions()


def good(name, function):
    """Return arguments that the function accepts."""
    own = OF_ITS_OWN.get(name.partition(".")[2], {})
    given = {}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name in own:
            given[parameter.name] = own[parameter.name]
        elif parameter.name == "rng":
            given["rng"] = np.random.default_rng(1)
        elif parameter.default is parameter.empty:
            given[parameter.name] = GOOD[parameter.name]
    return given


def kinds(value):
    """Return hostile values by name; some are made from what is good there."""
    yield "nan", math.nan
    yield "inf", math.inf
    yield "-inf", -math.inf
    yield "empty", []
    yield "empty matrix", np.zeros((0, 3))
    yield "no columns", np.zeros((3, 0))
    yield "cube", np.ones((2, 3, 4))
    yield "ragged", [[1.0], [1.0, 2.0]]
    yield "text", "nonsense"
    yield "no text", ""
    yield "bytes", b"\x00"
    yield "complex", 1j
    yield "complex array", np.ones(3, dtype=complex)
    yield "words", np.array(["a", "b", "c"])
    yield "None", None
    yield "True", True
    yield "object", object()
    yield "class", int
    yield "10**12", 10**12
    yield "10**400", 10**400
    yield "-10**400", -(10**400)
    yield "list of 10**400", [10**400, 1, 2]
    yield "-1", -1
    yield "0", 0
    yield "1", 1
    yield "-0.5", -0.5
    yield "2.5", 2.5
    yield "largest", 1.7e308
    yield "-largest", -1.7e308
    yield "1e160", 1e160
    yield "tiny", 1e-308
    yield "denormal", 5e-324
    yield "zero-dimensional", np.array(2.0)
    yield "generator", (i for i in (1, 2, 3))
    yield "iterator", iter([1, 2, 3])
    yield "set", {1, 2, 3}
    yield "mapping", {1: 2}
    yield "function", lambda *args: "nonsense"
    yield "fraction", Fraction(1, 2)
    yield "decimal", Decimal(1)
    yield "date", np.array(["2020-01-01"], dtype="datetime64[D]")
    yield "another record", Setting()
    yield "another network", ACTIVATIONS["relu"]
    yield "expression", sympy.Symbol("q")
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        yield (
            "masked",
            np.ma.masked_array(value, mask=np.arange(value.size).reshape(value.shape) == 0),
        )
        yield "one nan", np.where(np.arange(value.size).reshape(value.shape) == 0, np.nan, value)
        yield "one inf", np.where(np.arange(value.size).reshape(value.shape) == 0, np.inf, value)
        yield "zeros", 0 * value
        yield "huge array", value * 1e307
        yield "large array", value * 1e160
        yield "small array", value * 1e-160
        yield "tiny array", value * 1e-308
        yield "transposed", np.ones((*value.shape[::-1], 2))
        yield "one more", np.concatenate([value, value[:1]])
        yield "as text", value.astype(str)
        yield "as objects", value.astype(object)


# A value of the right kind for these is no test of what is refused, and runs for seconds.
RIGHT_KIND = {"0", "1", "True", "2.5", "10**12", "largest", "1e160", "fraction", "tiny", "denormal"}


def calls(room):
    """Return all calls of a room: function, parameter, name of the hostile value."""
    for name, function in FUNCTIONS.items():
        if name.partition(".")[0] != room:
            continue
        for parameter in inspect.signature(function).parameters:
            for kind, _ in kinds(good(name, function).get(parameter)):
                if name.partition(".")[2] in SLOW and kind in RIGHT_KIND:
                    continue
                # What a function of the caller's raises is the caller's own.
                if parameter in CALLED and kind in ("class", "function"):
                    continue
                yield name, parameter, kind


def finite(value):
    """Whether each number in a result is finite."""
    if isinstance(value, float | np.floating):
        return math.isfinite(value)
    if isinstance(value, np.ndarray):
        return value.dtype.kind not in "fc" or bool(np.isfinite(value).all())
    if isinstance(value, Mapping):
        return all(map(finite, value.values()))
    if isinstance(value, tuple | list):
        return all(map(finite, value))
    if is_dataclass(value):
        return all(finite(getattr(value, field.name)) for field in fields(value))
    return True


def verdict(name, parameter, kind):
    """Return "right", "refused", or what is wrong with a call."""
    function = FUNCTIONS[name]
    given = good(name, function)
    given[parameter] = dict(kinds(given.get(parameter)))[kind]
    try:
        result = function(**given)
    except OffCenterError as error:
        said = str(error)
        names = list(given) if kind in TOGETHER else [ALSO.get((name, parameter), parameter)]
        if not any(word in said for word in names):
            return f"the message does not name it: {type(error).__name__}"
        return "refused" if "must" in said else "the message does not say what must be"
    except Exception as error:
        return f"{type(error).__name__}"
    if name.partition(".")[2] in INFINITE or finite(result):
        return "right"
    return "not finite"


@pytest.fixture(autouse=True)
def no_store(monkeypatch):
    """Keep hostile arguments out of every store."""
    monkeypatch.setenv("OFFCENTER_STORE", "")


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name.partition(".")[2] not in SLOW])
def test_each_function_takes_what_is_good(name):
    function = FUNCTIONS[name]
    assert name.partition(".")[2] in INFINITE or finite(function(**good(name, function)))


# SymPy before 1.14 cannot pickle a function that it knows by name only, such as a loss.
UNKNOWN_FUNCTIONS = (
    {"signs.batch_gradient", "signs.layer_gradient", "signs.unit_gradient"}
    if sympy.__version__.startswith("1.13.")
    else set()
)


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, lambda r: pickle.loads(pickle.dumps(r))])
@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name.partition(".")[2] not in SLOW])
def test_each_record_can_be_copied_pickled_and_compared(name, way):
    result = FUNCTIONS[name](**good(name, FUNCTIONS[name]))
    if name in UNKNOWN_FUNCTIONS and way not in (copy.copy, copy.deepcopy):
        with pytest.raises(pickle.PicklingError):
            way(result)
    elif is_dataclass(result):
        again = way(result)
        assert again == result
        assert hash(again) == hash(result)
        assert result != object()
        for field in fields(result):
            with pytest.raises(FrozenInstanceError):
                setattr(result, field.name, None)
            value = getattr(result, field.name)
            if isinstance(value, np.ndarray) and value.dtype.kind == "f":
                assert replace(again, **{field.name: np.nan_to_num(value) + 1}) != result


@pytest.mark.parametrize("room", MODULES)
def test_no_call_fails_without_a_word_of_the_library(room):
    wrong = {}
    for call in calls(room):
        said = verdict(*call)
        if said not in ("right", "refused"):
            wrong.setdefault(said, []).append(" ".join(call))
    assert wrong == {}


def listed_bounds():
    """Return function, parameter and the words of each bound that `bounds.txt` lists."""
    lines = Path(__file__).with_name("bounds.txt").read_text("utf-8").splitlines()
    return [(*line.partition(": ")[0].split(), line.partition(": ")[2]) for line in lines]


def said_to(name, **arguments):
    """Return what a function says against arguments, or nothing."""
    try:
        FUNCTIONS[name](**good(name, FUNCTIONS[name]) | arguments)
    except OffCenterError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(("name", "parameter", "bound"), listed_bounds())
def test_each_bound_is_where_it_is_said_to_be(name, parameter, bound):
    # What lies outside by the least amount is refused in these words, what lies on it is not.
    says = f"{parameter} must be {bound}"
    default = inspect.signature(FUNCTIONS[name]).parameters[parameter].default
    whole = isinstance(good(name, FUNCTIONS[name]).get(parameter, default), int)
    for relation, number in re.findall(r"(at least|above|at most|below) (-?\d+)", bound):
        edge, sign = int(number), 1 if relation in ("at least", "above") else -1
        closed = relation in ("at least", "at most")
        outside = edge - sign * (1 if whole else 1e-9) if closed else float(edge)
        assert says in said_to(name, **{parameter: outside})
        if name.partition(".")[2] not in SLOW:
            inside = edge if closed else edge + sign * 1e-6
            assert says not in said_to(name, **{parameter: inside})


def test_each_bound_that_a_function_knows_is_listed():
    listed = {(name, parameter) for name, parameter, _ in listed_bounds()}
    for name, function in FUNCTIONS.items():
        for parameter, its in inspect.signature(function).parameters.items():
            value = good(name, function).get(parameter, its.default)
            if isinstance(value, int | float) and not isinstance(value, bool):
                said = said_to(name, **{parameter: type(value)(-(10**6))})
                if said.startswith(f"{parameter} must be ") and " or " not in said:
                    assert (name, parameter) in listed


def test_the_largest_numbers_are_a_thousand_million_and_a_million_where_something_is_repeated():
    repeated = {"steps", "trials", "rounds", "depth", "blocks", "products", "limit", "runs"}
    for name, function in FUNCTIONS.items():
        for parameter, its in inspect.signature(function).parameters.items():
            # A seed may be any number, and a part of what was run costs no run.
            if (
                its.annotation != "int"
                or parameter == "seed"
                or name.partition(".")[2] in SLOW
                or name == "descent.Path.first"
            ):
                continue
            most = 10**6 if parameter in repeated else 10**9
            said = said_to(name, **{parameter: most + 1})
            assert f"{parameter} must be at most {most:,}, got {most + 1}" in said


@pytest.mark.parametrize(
    ("name", "arguments", "most", "asked"),
    [
        ("signs.drawn_ways", {"n": 1000, "examples": 10**6}, 2**27, 10**9),
        ("signs.unit_gradient", {"n": 1001}, 1000, 1001),
        ("signs.layer_gradient", {"units": 40, "n": 30}, 1000, 1200),
        ("signs.batch_gradient", {"n": 30, "batch_size": 40}, 1000, 1200),
        ("signs.hidden_error", {"readers": 1001}, 1000, 1001),
        ("descent.adam", {"H": np.eye(200), "w0": np.ones(200), "steps": 10**6}, 2**27, 2 * 10**8),
        ("samples.correlated_inputs", {"n": 1000, "examples": 10**6}, 2**27, 10**9),
        ("network.initialize", {"sizes": (10**5, 10**4, 2)}, 2**27, 10**9),
        ("network.lstm_memory", {"units": 10**5, "sequences": 7}, 2**27, 10**10 + 7 * 10**5),
        ("experiment.fair_bits", {"examples": 10**6, "inputs": 1000}, 2**27, 10**9),
        ("spectrum.iid_second_moment", {"n": 10**5}, 2**27, 10**10),
        ("spectrum.iid_eigenvalues", {"n": 2 * 10**8}, 2**27, 2 * 10**8),
        ("batches.batch_regimes", {"doublings": 28}, 27, 28),
        ("batches.batch_regimes", {"doublings": 27, "n": 3}, 2**27, 3 * 2**27),
        ("batches.run_sgd", {"batch_size": 1000, "runs": 1000, "n": 1000}, 2**27, 10**9),
        ("batches.run_sgd", {"steps": 10**6, "runs": 1000}, 2**27, 10**9),
        ("batches.batch_agreement", {"batch_sizes": (1000,), "trials": 10**6}, 2**27, 2 * 10**9),
        ("fisher.logistic_sample", {"examples": 10**7 + 1}, 10**7, 10**7 + 1),
    ],
)
def test_what_would_take_more_memory_than_that_is_refused_with_both_numbers(
    name, arguments, most, asked
):
    assert f"must be at most {most:,}, got {asked}" in said_to(name, **arguments)
