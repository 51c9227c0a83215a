"""Which figures can be moved, and by which controls; defaults and presets are the library's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from types import MappingProxyType
from urllib.parse import urlencode

from offcenter.activations import ACTIVATIONS
from offcenter.descent import PRESETS, Setting
from offcenter.figures.batches import SIZES, agreements
from offcenter.figures.fisher_paths import STEP_SIZES, STEPS, sample, two_paths
from offcenter.figures.signs import neuron

__all__ = ["MOVABLES", "Button", "Choice", "Coordinate", "Movable", "Range", "Switch"]

State = Mapping[str, float | bool | str]


def text_of(value: float | bool | str) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return value if isinstance(value, str) else f"{value:.12g}"


@dataclass(frozen=True)
class Coordinate:
    """A number that only a handle in the drawing changes."""

    key: str
    low: float
    high: float
    step: float
    value: float

    @property
    def bounds(self) -> str:
        """What the script reads: the bounds, the step and the default."""
        return (
            f'data-field="{self.key}" data-min="{text_of(self.low)}" '
            f'data-max="{text_of(self.high)}" data-step="{text_of(self.step)}" '
            f'data-value="{text_of(self.value)}"'
        )

    def markup(self, prefix: str) -> str:
        """Return the field as HTML."""
        return f'<input type="hidden" {self.bounds}>'


@dataclass(frozen=True)
class Range(Coordinate):
    """A number with a slider; over `values`, where given, instead of equal steps."""

    label: str = ""
    values: tuple[float, ...] = ()

    def markup(self, prefix: str) -> str:
        """Return the field as HTML, with ids that start with `prefix`."""
        id = f"{prefix}-{self.key}"
        if self.values:
            nearest = min(range(len(self.values)), key=lambda i: abs(self.values[i] - self.value))
            slider = f'min="0" max="{len(self.values) - 1}" step="1" value="{nearest}"'
            slider += f' data-list="{" ".join(map(text_of, self.values))}"'
        else:
            slider = (
                f'min="{text_of(self.low)}" max="{text_of(self.high)}" step="{text_of(self.step)}" '
                f'value="{text_of(self.value)}"'
            )
        return (
            f'<div class="movable-field"><label for="{id}">{escape(self.label)}</label>'
            f'<input type="range" id="{id}" {slider} {self.bounds} autocomplete="off">'
            f'<output for="{id}">{self.value:.3g}</output></div>'
        )


@dataclass(frozen=True)
class Switch:
    """Yes or no."""

    key: str
    value: bool
    label: str

    def markup(self, prefix: str) -> str:
        """Return the field as HTML."""
        checked = " checked" if self.value else ""
        return (
            '<div class="movable-field"><label class="movable-switch"><input type="checkbox"'
            f' data-field="{self.key}"{checked} autocomplete="off">{escape(self.label)}</label>'
            "</div>"
        )


@dataclass(frozen=True)
class Choice:
    """One of several names; `options` maps each to what the reader sees."""

    key: str
    value: str
    label: str
    options: Mapping[str, str]

    def markup(self, prefix: str) -> str:
        """Return the field as HTML, with ids that start with `prefix`."""
        id = f"{prefix}-{self.key}"
        options = "".join(
            f'<option value="{name}"{" selected" if name == self.value else ""}>'
            f"{escape(words)}</option>"
            for name, words in self.options.items()
        )
        return (
            f'<div class="movable-field"><label for="{id}">{escape(self.label)}</label>'
            f'<select id="{id}" data-field="{self.key}" autocomplete="off">{options}</select></div>'
        )


@dataclass(frozen=True)
class Button:
    """A button that sets some fields; the others go to their defaults unless `keep`."""

    label: str
    state: State
    keep: bool = False

    def markup(self) -> str:
        """Return the button as HTML."""
        query = escape(urlencode({key: text_of(value) for key, value in self.state.items()}))
        attribute = "data-merge" if self.keep else "data-set"
        return f'<button type="button" {attribute}="{query}">{escape(self.label)}</button>'


@dataclass(frozen=True)
class Movable:
    """A figure that can be moved.

    Parameters
    ----------
    name : str
        Of its script.
    label : str
        What one sees when one moves it, for a screen reader.
    fields, buttons : tuple
    grabs : bool
        Whether its drawing has handles.
    data : callable, optional
        Returns numbers of the library that the script starts from.
    """

    name: str
    label: str
    fields: tuple[Coordinate | Switch | Choice, ...]
    buttons: tuple[Button, ...] = ()
    grabs: bool = False
    data: Callable[[], object] | None = None

    @property
    def defaults(self) -> dict[str, float | bool | str]:
        """The state before anyone touches the figure."""
        return {field.key: field.value for field in self.fields}


def _plane_state(setting: Setting) -> State:
    x, y = setting.start
    return {
        "mean": setting.mean,
        "step": setting.step_size,
        "momentum": setting.momentum,
        "x": x,
        "y": y,
    }


_plane = _plane_state(PRESETS["zig-zag and fast"])

_ZIGZAG = Movable(
    "zigzag",
    "the path of gradient descent for two inputs",
    (
        Range("mean", 0, 1, 0.01, _plane["mean"], "mean m of each"),
        Range("step", 0.05, 2.5, 0.01, _plane["step"], "step size in 1/λmax"),
        Range("momentum", 0, 0.95, 0.01, _plane["momentum"], "momentum β"),
        Coordinate("x", -1.2, 1.2, 0.05, _plane["x"]),
        Coordinate("y", -1.2, 1.2, 0.05, _plane["y"]),
    ),
    tuple(Button(name, _plane_state(setting)) for name, setting in PRESETS.items()),
    grabs=True,
)


_neuron = neuron()

_SIGNS = Movable(
    "signs",
    "the gradients of one unit with two inputs",
    (
        *(
            Coordinate(f"{axis}{k}", -2, 2, 0.05, value)
            for k, point in enumerate(_neuron.inputs.tolist(), 1)
            for axis, value in zip("xy", point, strict=True)
        ),
        *(
            Range(f"d{k}", -1, 1, 0.05, delta, f"error δ of example {k}")
            for k, delta in enumerate(_neuron.deltas.tolist(), 1)
        ),
        Choice(
            "show",
            "batch",
            "gradient of",
            {"1": "example 1", "2": "example 2", "3": "example 3", "batch": "the batch"},
        ),
        Switch("flip", False, "flip the sign of input 2"),
    ),
    (
        Button("positive error", {"show": "1"}),
        Button("negative error", {"show": "2"}),
        Button("batch", {"show": "batch"}),
        Button("flipped", {"flip": True}),
    ),
    grabs=True,
)


def _moments(name: str) -> State:
    activation = ACTIVATIONS[name]
    # As many digits as an address gets.
    return {key: float(text_of(getattr(activation, key))) for key in ("mean", "variance")}


_sizes = (2, 5, 10, 20, 50, 100, 200, 500, 1000)

_CENTERING = Movable(
    "centering",
    "the eigenvalues of the second moment",
    (
        Range("n", 2, 1000, 1, 100, "number n of inputs", _sizes),
        Range("mean", 0, 1, 0.01, 0.5, "mean m of each"),
        Range("variance", 0.01, 1, 0.01, 0.25, "variance s² of each"),
        Switch("bias", False, "with a bias"),
    ),
    (
        Button("sigmoid", _moments("sigmoid")),
        Button("ReLU", _moments("relu")),
        Button("center", {"mean": 0.0}, keep=True),
    ),
    grabs=True,
)

_names = {name: name.replace("_", " ") for name in ACTIVATIONS}


def _centered(name: str) -> State:
    return {"name": name, "shift": float(text_of(ACTIVATIONS[name].mean))}


_ACTIVATION = Movable(
    "activation",
    "the distribution of an activation",
    (
        Choice("name", "relu", "activation", _names),
        Range("shift", -1, 1, 0.01, 0.0, "shift c, subtracted"),
        Range("n", 2, 1000, 1, 100, "number n of inputs", _sizes),
    ),
    (
        Button("sigmoid", {"name": "sigmoid"}),
        Button("sigmoid − ½", {"name": "sigmoid", "shift": 0.5}),
        Button("tanh", {"name": "tanh"}),
        Button("centered ReLU", _centered("relu")),
    ),
    grabs=True,
)


def _estimates() -> object:
    """Return the curves of the printed figure, for every activation."""
    record = agreements(names=tuple(ACTIVATIONS))
    return {
        "sizes": list(SIZES),
        "shares": {curve.name: curve.share.tolist() for curve in record.curves},
        "printed": [curve.name for curve in agreements(trials=2).curves],
    }


_BATCHES = Movable(
    "batches",
    "how often two entries of a batch gradient agree in sign",
    (
        Choice("name", "relu", "activation of the inputs", _names),
        Range("size", 1, 256, 1, 4, "batch size B", SIZES),
    ),
    tuple(
        Button(_names[name], {"name": name})
        for name in ("sigmoid", "softplus", "relu", "gelu", "tanh")
    ),
    grabs=True,
    data=_estimates,
)


def _unit() -> object:
    """Return the data and the step sizes of the printed figure."""
    inputs, labels = sample()
    return {
        "inputs": inputs.tolist(),
        "labels": [int(label) for label in labels],
        "etas": STEP_SIZES,
        "steps": STEPS,
    }


_shift = tuple(float(value) for value in two_paths().shift)

_FISHER = Movable(
    "fisher",
    "two methods on one logistic unit whose data are shifted",
    (
        Range("x", -3.2, 3.2, 0.1, _shift[0], "shift of input 1"),
        Range("y", -3.2, 3.2, 0.1, _shift[1], "shift of input 2"),
        Switch("bias", True, "with a bias"),
    ),
    (
        Button("shifted", dict(zip("xy", _shift, strict=True))),
        Button("centered", {"x": 0.0, "y": 0.0}),
        Button("shifted, no bias", {"bias": False}),
    ),
    grabs=True,
    data=_unit,
)

_ALL = (_SIGNS, _ZIGZAG, _CENTERING, _ACTIVATION, _BATCHES, _FISHER)

MOVABLES: Mapping[str, Movable] = MappingProxyType({figure.name: figure for figure in _ALL})
