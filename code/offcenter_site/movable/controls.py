"""The controls of a movable figure: kinds of fields, and buttons that set them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

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
            # No output: the slider already says its value, and a second voice would repeat it.
            f'<span class="movable-value" aria-hidden="true">{self.value:.3g}</span></div>'
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
            f' data-field="{self.key}"{checked}>{escape(self.label)}</label>'
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
class Question:
    """What the reader is asked before a figure gives its surprise away, and the answer.

    Parameters
    ----------
    text, answer : str
        Printed, both are read.
    choices : tuple of str
        Of two buttons; none if the guess is drawn.
    race : mapping, optional
        The state whose run is then played beside the printed one.
    """

    text: str
    answer: str
    choices: tuple[str, ...] = ()
    race: State | None = None

    @property
    def markup(self) -> str:
        """The question as HTML."""
        if self.choices:
            buttons = "".join(
                f'<button type="button" data-choice aria-pressed="false">{escape(words)}</button>'
                for words in self.choices
            )
        else:
            buttons = (
                '<button type="button" data-sketch>Draw your guess</button>'
                '<button type="button" data-truth>Show the truth</button>'
            )
        race = ""
        if self.race is not None:
            query = urlencode({key: text_of(value) for key, value in self.race.items()})
            race = f' data-race="{escape(query)}"'
        return (
            f'<div class="movable-guess" data-guess{race} role="group" aria-label="Guess first">'
            f"<p><b>Guess first.</b> {escape(self.text)}</p>"
            f'<div class="movable-row">{buttons}</div>'
            f'<p class="movable-answer">{escape(self.answer)}</p></div>\n'
        )


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
    parts : tuple of str
        Scripts that it shares with some others, from `scripts/parts`.
    plays : bool
        Whether it has a run, which is played, stepped through and compared with another.
    scrubs, races : bool
        Whether the run is also stepped through, and pinned to race others against it.
    question : Question, optional
        What the reader is asked first.
    invitation : str
        What the reader can do, where the sentence of the figure then stands.
    long : bool
        Whether its sentence can take three lines on a wide page, not two; a phone has one more.
    """

    name: str
    label: str
    invitation: str
    fields: tuple[Coordinate | Switch | Choice, ...]
    buttons: tuple[Button, ...] = ()
    grabs: bool = False
    data: Callable[[], object] | None = None
    parts: tuple[str, ...] = ()
    plays: bool = False
    scrubs: bool = True
    races: bool = True
    question: Question | None = None
    long: bool = False

    @property
    def player(self) -> str:
        """The buttons of its run, as HTML; empty if it has none."""
        if not self.plays:
            return ""
        more = (
            '<button type="button" data-step>Step</button>'
            '<span class="movable-scrub"><input type="range" data-scrub min="0" max="1" value="1"'
            ' step="1" aria-label="Step of the run" autocomplete="off">'
            '<span class="movable-value" aria-hidden="true">&nbsp;</span></span>'
        )
        if self.races:
            more += (
                '<button type="button" data-pin aria-pressed="false"'
                ' title="Keep this run to race the next one against it">Pin</button>'
            )
        return (
            '<div class="movable-row movable-player">'
            '<button type="button" class="movable-play" data-play>Play</button>'
            f"{more if self.scrubs else self.presets}</div>"
        )

    @property
    def presets(self) -> str:
        """The buttons that set fields, as HTML."""
        return "".join(button.markup() for button in self.buttons)

    @property
    def defaults(self) -> dict[str, float | bool | str]:
        """The state before anyone touches the figure."""
        return {field.key: field.value for field in self.fields}
