"""Matplotlib figure to a small, self-contained SVG: text as text, no inline styles, no idle ids."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree

from matplotlib.figure import Figure as MatplotlibFigure

from offcenter.figures._settings import settings
from offcenter.figures._style import RC

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
_DROPPED = {f"{{{SVG}}}metadata", f"{{{SVG}}}style"}
_FONT = re.compile(r"(?P<rest>.*?)(?P<size>[\d.]+)px (?P<family>.*)")


def _style_to_attributes(element: ElementTree.Element) -> None:
    # A strict Content-Security-Policy forbids style attributes; presentation attributes are free,
    # and the site's style sheet can override them for its dark theme.
    for declaration in element.attrib.pop("style", "").split(";"):
        key, _, value = (part.strip() for part in declaration.partition(":"))
        if key == "font" and (font := _FONT.fullmatch(value)):
            element.set("font-size", font["size"])
            if "bold" in font["rest"] or re.search(r"\b[67]00\b", font["rest"]):
                element.set("font-weight", "bold")
            if "italic" in font["rest"]:
                element.set("font-style", "italic")
        elif key and key != "font-family":
            element.set(key, value)


_COMMAND = re.compile(r"([MLCQZz])([^A-Za-z]*)")


def _tenths(number: int) -> str:
    text = f"{number / 10:.1f}".removesuffix(".0")
    return re.sub(r"^(-?)0\.", r"\1.", text)


def _joined(numbers: list[int]) -> str:
    return re.sub(r" (?=-)", "", " ".join(map(_tenths, numbers)))


def _relative(path: str) -> str:
    """Return a path in tenths of a point, which no pixel tells apart, each place from the last.

    Rounding does not add up, for each place is rounded before its distance is taken.
    """
    out, last, here, start = "", "", [0, 0], [0, 0]
    for command, rest in _COMMAND.findall(path):
        numbers = [round(10 * float(number)) for number in rest.split()]
        if command in "Zz":
            out, last, here = out + "z", "z", start
            continue
        if command == "M":
            start = numbers
            words, name = _joined(numbers), "M"
        else:
            words, name = _joined([n - here[i % 2] for i, n in enumerate(numbers)]), command.lower()
        here = numbers[-2:]
        if name == last and name != "M":
            out += words if words.startswith("-") else f" {words}"
        else:
            out += name + words
        last = name
    return out


def _shorten(element: ElementTree.Element) -> None:
    # Coordinates need no more than hundredths of a point.  Words keep the digits they were given.
    for key, value in element.attrib.items():
        if key != "aria-label":
            short = re.sub(r"-?\d+\.\d{3,}", lambda number: f"{float(number[0]):.2f}", value)
            element.set(key, short)
    # Matplotlib turns each label, most by nothing.
    if (path := element.get("d")) is not None:
        element.set("d", _relative(path))
    if element.get("transform", "").startswith("rotate(-0 "):
        del element.attrib["transform"]


def _inline_shapes(root: ElementTree.Element) -> None:
    """Put each shape that is used where it is used: style sheets do not reach into a `use`."""
    shapes = {element.get("id"): element for element in root.iter() if element.get("id")}
    parents = {child: parent for parent in root.iter() for child in parent}
    for use in list(root.iter(f"{{{SVG}}}use")):
        shape = shapes[use.attrib.pop(f"{{{XLINK}}}href").removeprefix("#")]
        x, y = (float(use.attrib.pop(side, 0)) for side in "xy")
        # What the use says stands behind what the shape says.
        use.attrib = use.attrib | {key: v for key, v in shape.attrib.items() if key != "id"}
        if x or y:
            use.set("transform", f"translate({x:.2f} {y:.2f})")
        use.tag = shape.tag
    for shape in shapes.values():
        parent = parents.get(shape)
        if parent is not None and parent.tag == f"{{{SVG}}}defs" and shape.tag == f"{{{SVG}}}path":
            parent.remove(shape)
    for defs in list(root.iter(f"{{{SVG}}}defs")):
        if not len(defs):
            parents[defs].remove(defs)


def svg_of(figure: MatplotlibFigure, name: str, alt: str) -> str:
    """Return `figure` as an SVG string that carries its own text alternative.

    The same figure gives the same bytes: ids are salted with `name` and no date is written, so
    that several figures can stand in one page and builds can be compared.
    """

    buffer = io.StringIO()
    with settings(RC | {"svg.hashsalt": name, "svg.fonttype": "none"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None}, bbox_inches="tight")
    root = ElementTree.fromstring(buffer.getvalue())
    referenced = set(re.findall(r"(?:url\(|href=\")#([^)\"]+)", buffer.getvalue()))
    for parent in root.iter():
        for child in list(parent):
            if child.tag in _DROPPED:
                parent.remove(child)
        _style_to_attributes(parent)
        if parent.get("id") not in referenced:
            parent.attrib.pop("id", None)
    _inline_shapes(root)
    width, height = (
        float(root.attrib.pop(side).removesuffix("pt")) for side in ("width", "height")
    )
    root.attrib.pop("version", None)
    root.attrib.update(
        {
            "width": f"{width:.0f}",
            "height": f"{height:.0f}",
            "role": "img",
            "aria-label": alt,
            "font-family": "system-ui, 'DejaVu Sans', sans-serif",
            "stroke-linejoin": "round",
            "stroke-linecap": "butt",
        }
    )
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    for element in root.iter():
        _shorten(element)
    return re.sub(r">\s+<", "><", ElementTree.tostring(root, encoding="unicode"))
