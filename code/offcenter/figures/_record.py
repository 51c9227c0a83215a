"""What a figure is: a record computed from parameters, a plot of it, and words for both."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure as MatplotlibFigure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from offcenter._names import new_name
from offcenter.errors import ArgumentError
from offcenter.figures._settings import settings
from offcenter.figures._style import PALETTE, RC, WIDTH
from offcenter.figures._svg import svg_of

_REGISTRY: dict[str, Figure] = {}


@dataclass(frozen=True)
class Drawing:
    """A drawn figure with its name, its message and its text alternative; notebooks show it."""

    name: str
    title: str
    alt: str
    canvas: MatplotlibFigure

    @property
    def svg(self) -> str:
        """The drawing as SVG, the same bytes at every call.

        Raises
        ------
        ValueError
            If it has a color that the dark theme does not know.
        """
        svg = svg_of(self.canvas, self.name, self.alt)
        colors = set(re.findall(r' (?:fill|stroke)="(#[^"]*)"', svg))
        if strange := sorted(colors - set(PALETTE.values())):
            known = ", ".join(name.upper() for name in PALETTE)
            raise ArgumentError(
                f"figure {self.name}: colors must be of figures/_style.py ({known}), "
                f"got {', '.join(strange)}"
            )
        return svg

    def save(self, path: str | Path) -> Path:
        """Write the drawing to `path`; its suffix, svg, pdf or png, gives the format.

        Raises
        ------
        ValueError
            If the suffix is none of these.
        """
        path = Path(path)
        kind = path.suffix.lower()
        if kind not in {".svg", ".pdf", ".png"}:
            raise ArgumentError(f"path must end in .svg, .pdf or .png, got {path.name!r}")
        # Drawn whole before anything is written: a failure leaves no half of a file.
        if kind == ".svg":
            content = self.svg.encode()
        else:
            dates = {"CreationDate": None} if kind == ".pdf" else {}
            buffer = io.BytesIO()
            with settings(RC | {"pdf.fonttype": 42}):
                self.canvas.savefig(
                    buffer,
                    format=kind[1:],
                    dpi=200,
                    metadata={"Title": self.title} | dates,
                    bbox_inches="tight",
                    facecolor="white",
                )
            content = buffer.getvalue()
        path.write_bytes(content)
        return path

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"image/svg+xml": self.svg, "text/plain": self.alt}


@dataclass(frozen=True)
class Figure:
    """A figure that can be drawn: parameters → `data` → record → `plot` → `Drawing`."""

    name: str
    title: str
    data: Callable[..., Any]
    plot: Callable[[Any, Any], None]
    alt: Callable[[Any], str]
    height: float
    panels: tuple[int, int]

    def __reduce_ex__(self, protocol: Any) -> Any:
        # Its functions may have no names of their own, but a figure has one.
        if _REGISTRY.get(self.name) is self:
            return _known, (self.name,)
        return super().__reduce_ex__(protocol)

    def draw(self, **parameters: object) -> Drawing:
        """Compute the record with `parameters` and draw it."""
        record = self.data(**parameters)
        with settings(RC):
            # Twice the usual room at the sides: an SVG sets text wider than the layout measures it.
            layout = ConstrainedLayoutEngine(w_pad=6 / 72)
            canvas = MatplotlibFigure(figsize=(WIDTH, self.height), layout=layout)
            self.plot(record, canvas.subplots(*self.panels))
            # The layout moves a little each time it runs: it runs once, and then stays.
            canvas.draw_without_rendering()
            canvas.set_layout_engine("none")
        return Drawing(self.name, self.title, self.alt(record), canvas)


def _known(name: str) -> Figure:
    from offcenter.figures import FIGURES

    return FIGURES[name]


def figure(
    name: str,
    title: str,
    *,
    data: Callable[..., Any],
    alt: Callable[[Any], str],
    height: float = 3.0,
    panels: tuple[int, int] = (1, 1),
) -> Callable[[Callable[[Any, Any], None]], Callable[[Any, Any], None]]:
    """Register the decorated ``plot(record, axes)`` as the figure `name`.

    Parameters
    ----------
    name : str
        Lower case with hyphens; the first word is the chapter.
    title : str
        The message, one sentence.
    data : callable
        Takes keyword parameters that all have defaults, returns a frozen record.
    alt : callable
        Takes the record, returns the message with its numbers for one who cannot see the figure.
    height : float
        In inches; the width is the same for all.
    panels : (int, int)
        Rows and columns of axes.

    Raises
    ------
    ValueError
        If the name is malformed or taken.
    """
    new_name(name, _REGISTRY)

    def register(plot: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
        _REGISTRY[name] = Figure(name, title, data, plot, alt, height, panels)
        return plot

    return register


def registered() -> dict[str, Figure]:
    """Return the figures registered so far, by name, in the order of their definition."""
    return dict(_REGISTRY)
