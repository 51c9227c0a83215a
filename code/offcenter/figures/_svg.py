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


def _line(step: list[int]) -> tuple[str, str]:
    """Return a straight step and its command, the shortest."""
    if step[1] == 0:
        return "h", _tenths(step[0])
    return ("v", _tenths(step[1])) if step[0] == 0 else ("l", _joined(step))


def _circle(commands: list[tuple[str, list[float]]], x: float, y: float) -> str | None:
    """Return the path of a marker if it is a circle, which Matplotlib draws by eight curves."""
    radius = commands[0][1][1]
    ends = [numbers[-2:] for name, numbers in commands if name in "MC"]
    if len(ends) != 9 or any(abs(a * a + b * b - radius**2) > 1e-4 for a, b in ends):
        return None
    r, d = (_tenths(round(10 * size)) for size in (radius, 2 * radius))
    start = _joined([round(10 * (x - radius)), round(10 * y)])
    return f"M{start}a{r} {r} 0 1 0 {d} 0 {r} {r} 0 1 0-{d} 0"


def _relative(path: str, x: float = 0, y: float = 0) -> str:
    """Return a path moved to (x, y) in tenths of a point, which no pixel tells apart.

    Each place is given from the last.  Rounding does not add up, for each place is rounded before
    its distance is taken.
    """
    commands = [
        (command, [float(number) for number in rest.split()])
        for command, rest in _COMMAND.findall(path)
    ]
    if circle := _circle(commands, x, y):
        return circle
    out, last, here, start = "", "", [0, 0], [0, 0]
    for command, floats in commands:
        numbers = [round(10 * (n + (y if i % 2 else x))) for i, n in enumerate(floats)]
        if command in "Zz":
            out, last, here = out + "z", "z", start
            continue
        if command == "M":
            start = numbers
            words, name = _joined(numbers), "M"
        elif command == "L":
            name, words = _line([n - here[i] for i, n in enumerate(numbers)])
            if words == "0" and last != "M":
                continue  # no step at all
        else:
            words, name = _joined([n - here[i % 2] for i, n in enumerate(numbers)]), command.lower()
        here = numbers[-2:]
        if name == last and name != "M":
            out += words if words.startswith("-") else f" {words}"
        else:
            out += name + words
        last = name
    return out


def _rounded(value: str, digits: int) -> str:
    return re.sub(
        rf"-?\d+\.\d{{{digits},}}", lambda number: f"{round(float(number[0]), digits):g}", value
    )


def _shorten(element: ElementTree.Element) -> None:
    # Places need no more than tenths of a point.  Words keep the digits they were given.
    for key, value in element.attrib.items():
        if key == "d":
            place = [float(element.attrib.get(side, 0)) for side in (_X, _Y)]
            element.set(key, _relative(value, *place))
        elif key != "aria-label":
            element.set(key, _rounded(value, 1 if key in _PLACES else 2))
    for side in (_X, _Y):
        element.attrib.pop(side, None)
    # Matplotlib turns each label, most by nothing.
    if element.get("transform", "").startswith("rotate(-0 "):
        del element.attrib["transform"]


# Where a shape is used, until its path is moved there.
_X, _Y = "use-x", "use-y"
_PLACES = {"x", "y", "width", "height", "transform", "viewBox"}


def _inline_shapes(root: ElementTree.Element) -> None:
    """Put each shape that is used where it is used: style sheets do not reach into a `use`."""
    shapes = {element.get("id"): element for element in root.iter() if element.get("id")}
    parents = {child: parent for parent in root.iter() for child in parent}
    for use in list(root.iter(f"{{{SVG}}}use")):
        shape = shapes[use.attrib.pop(f"{{{XLINK}}}href").removeprefix("#")]
        place = {name: use.attrib.pop(side, "0") for name, side in ((_X, "x"), (_Y, "y"))}
        # What the use says stands behind what the shape says.
        use.attrib = use.attrib | {key: v for key, v in shape.attrib.items() if key != "id"} | place
        use.tag = shape.tag
    for shape in shapes.values():
        parent = parents.get(shape)
        if parent is not None and parent.tag == f"{{{SVG}}}defs" and shape.tag == f"{{{SVG}}}path":
            parent.remove(shape)
    for defs in list(root.iter(f"{{{SVG}}}defs")):
        if not len(defs):
            parents[defs].remove(defs)


def _is_seen(element: ElementTree.Element) -> bool:
    # Nothing inherits a color: what names none is filled black.
    return element.get("fill") != "none" or element.get("stroke", "none") != "none"


def _flatten(element: ElementTree.Element) -> None:
    """Take out groups that say nothing, and paths of no color."""
    flat: list[ElementTree.Element] = []
    for child in element:
        _flatten(child)
        if child.tag == f"{{{SVG}}}g" and not child.attrib:
            flat.extend(child)
        elif child.tag != f"{{{SVG}}}path" or _is_seen(child):
            flat.append(child)
    element[:] = flat


def _join_marks(element: ElementTree.Element) -> None:
    """Make one path of marks that look alike: ticks with their labels between, dots of a curve.

    Of two that cover each other one could see which is above, unless each has one color.
    """
    kept: list[ElementTree.Element] = []
    last: ElementTree.Element | None = None
    for child in element:
        _join_marks(child)
        if child.tag == f"{{{SVG}}}text":
            kept.append(child)
            continue
        look = {key: value for key, value in child.attrib.items() if key != "d"}
        plain = child.tag == f"{{{SVG}}}path" and not any("opacity" in key for key in look)
        if plain and len({look.get("fill"), look.get("stroke", "none")} - {"none"}) == 1:
            if last is not None and look == {k: v for k, v in last.attrib.items() if k != "d"}:
                last.set("d", last.attrib["d"] + child.attrib["d"])
                continue
            last = child
        else:
            last = None
        kept.append(child)
    element[:] = kept


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
    _flatten(root)
    _join_marks(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return re.sub(r">\s+<", "><", text).replace(" />", "/>")
