"""Matplotlib figure to a small, self-contained SVG: text as text, no inline styles, no idle ids."""

from __future__ import annotations

import io
import re
from collections import Counter
from xml.etree import ElementTree

from matplotlib.figure import Figure as MatplotlibFigure

from offcenter.figures._path import circle, dots, ellipse, radius_of, short_path
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


def _rounded(value: str, digits: int) -> str:
    return re.sub(
        rf"-?\d+\.\d{{{digits},}}", lambda number: f"{round(float(number[0]), digits):g}", value
    )


def _draw(element: ElementTree.Element) -> None:
    """Move a path to its place; a circle of one color is a dot of a round pen, which is shorter."""
    x, y = (float(element.attrib.get(side, 0)) for side in (_X, _Y))
    path = element.attrib.pop("d")
    radius = radius_of(path)
    if radius is None:
        # Dashes would begin elsewhere.
        whole = None if "stroke-dasharray" in element.attrib else ellipse(path, x, y)
        element.set("d", whole or short_path(path, x, y))
        return
    alike = element.get("fill-opacity") == element.get("stroke-opacity")
    if element.get("fill") != element.get("stroke") or not alike or "transform" in element.attrib:
        element.set("d", circle(radius, x, y))
        return
    width = 2 * radius + float(element.get("stroke-width", 1))
    for idle in ("fill-opacity", "stroke-linejoin"):
        element.attrib.pop(idle, None)
    # What dots have in common stands first: so it compresses better.
    pen = {"fill": "none", "stroke-width": f"{width:g}", "stroke-linecap": "round"}
    element.attrib |= pen | {_DOTS: f"{x} {y}"}


def _shorten(element: ElementTree.Element) -> None:
    # What lets all shine through is no fill.
    if element.get("fill-opacity") == "0":
        del element.attrib["fill-opacity"]
        element.attrib = {"fill": "none"} | element.attrib
    # Places need no more than tenths of a point.  Words keep the digits they were given.
    if "d" in element.attrib:
        _draw(element)
    for key, value in element.attrib.items():
        if key not in ("d", "aria-label", _DOTS):
            element.set(key, _rounded(value, 1 if key in _PLACES else 2))
    for side in (_X, _Y):
        element.attrib.pop(side, None)
    # Matplotlib turns each label, most by nothing.
    if element.get("transform", "").startswith("rotate(-0 "):
        del element.attrib["transform"]


# Where a shape is used, until its path is moved there.
_X, _Y = "use-x", "use-y"
# Where dots stand, until all that look alike are one path.
_DOTS = "dots"
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


def _within(element: ElementTree.Element, box: tuple[float, ...]) -> bool:
    """Tell whether all of an element, and its stroke, is inside a box."""
    left, top, right, bottom = box
    for path in element.iter():
        if path.tag not in (f"{{{SVG}}}path", f"{{{SVG}}}g") or "transform" in path.attrib:
            return False
        # Twice what a stroke reaches, for its corners.
        rim = float(path.get("stroke-width", 1))
        numbers = [float(number) for number in re.findall(r"-?\d[\d.e-]*", path.get("d", ""))]
        x, y = (float(path.get(side, 0)) for side in (_X, _Y))
        if not all(left + rim <= n + x <= right - rim for n in numbers[::2]):
            return False
        if not all(top + rim <= n + y <= bottom - rim for n in numbers[1::2]):
            return False
    return True


def _drop_idle_clips(root: ElementTree.Element) -> None:
    """Clip only what reaches the edge of its pane."""
    boxes: dict[str, tuple[float, ...]] = {}
    for clip in root.iter(f"{{{SVG}}}clipPath"):
        if len(clip) == 1 and clip[0].tag == f"{{{SVG}}}rect":
            x, y, width, height = (float(clip[0].attrib[k]) for k in ("x", "y", "width", "height"))
            boxes[f"url(#{clip.get('id')})"] = (x, y, x + width, y + height)
    for element in root.iter():
        box = boxes.get(element.get("clip-path", ""))
        if box is not None and _within(element, box):
            del element.attrib["clip-path"]
    used = {element.get("clip-path") for element in root.iter()}
    for defs in list(root.iter(f"{{{SVG}}}defs")):
        defs[:] = [
            clip
            for clip in defs
            if clip.tag != f"{{{SVG}}}clipPath" or f"url(#{clip.get('id')})" in used
        ]


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
        elif child.tag == f"{{{SVG}}}defs" and not len(child):
            continue
        elif child.tag != f"{{{SVG}}}path" or _is_seen(child):
            flat.append(child)
    element[:] = flat


def _look(element: ElementTree.Element) -> dict[str, str]:
    return {key: value for key, value in element.attrib.items() if key not in ("d", _DOTS)}


def _places(element: ElementTree.Element) -> list[complex]:
    numbers = [float(number) for number in element.get(_DOTS, "").split()]
    return [complex(x, y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]


def _may_join(element: ElementTree.Element, last: ElementTree.Element) -> bool:
    """Tell whether nobody would see that two marks of one look are one path.

    Of two that cover each other one could see which is above, unless each has one color; and those
    that let shine through are darker there.
    """
    look = _look(element)
    if element.tag != f"{{{SVG}}}path" or look != _look(last):
        return False
    if (_DOTS in element.attrib) != (_DOTS in last.attrib):
        return False
    if not any("opacity" in key for key in look):
        return len({look.get("fill"), look.get("stroke", "none")} - {"none"}) == 1
    width = float(look.get("stroke-width", 1))
    old, new = _places(last), _places(element)
    return bool(new) and all(abs(a - b) > width for a in old for b in new)


def _join_marks(element: ElementTree.Element) -> None:
    """Make one path of marks that look alike: ticks with their labels between, dots of a curve."""
    kept: list[ElementTree.Element] = []
    last: ElementTree.Element | None = None
    for child in element:
        _join_marks(child)
        if child.tag != f"{{{SVG}}}text":
            if last is not None and _may_join(child, last):
                for key, between in (("d", ""), (_DOTS, " ")):
                    if key in child.attrib:
                        last.set(key, last.attrib[key] + between + child.attrib[key])
                continue
            last = child
        kept.append(child)
    element[:] = kept


def _draw_dots(root: ElementTree.Element) -> None:
    for element in root.iter(f"{{{SVG}}}path"):
        if places := _places(element):
            del element.attrib[_DOTS]
            element.set("d", dots(places))


def _share_size(root: ElementTree.Element) -> None:
    """Name the size of most words once."""
    words = list(root.iter(f"{{{SVG}}}text"))
    sizes = Counter(size for word in words if (size := word.get("font-size")))
    if sizes and not any(root.iter(f"{{{SVG}}}tspan")):
        usual = sizes.most_common(1)[0][0]
        root.set("font-size", usual)
        for word in words:
            if word.get("font-size") == usual:
                del word.attrib["font-size"]


def svg_of(figure: MatplotlibFigure, name: str, alt: str) -> str:
    """Return `figure` as an SVG string that carries its own text alternative.

    The same figure gives the same bytes: ids are salted with `name` and no date is written, so
    that several figures can stand in one page and builds can be compared.
    """

    buffer = io.StringIO()
    with settings(RC | {"svg.hashsalt": name, "svg.fonttype": "none"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None}, bbox_inches="tight")
    text = buffer.getvalue()
    referenced = list(dict.fromkeys(re.findall(r"(?:url\(|href=\")#([^)\"]+)", text)))
    # Several figures stand in one page, each with names of its own; and what is alike packs well.
    for number, old in enumerate(referenced):
        text = text.replace(f"#{old}", f"#{name}-{number}").replace(
            f'id="{old}"', f'id="{name}-{number}"'
        )
    root = ElementTree.fromstring(text)
    for parent in root.iter():
        for child in list(parent):
            if child.tag in _DROPPED:
                parent.remove(child)
        _style_to_attributes(parent)
        if not parent.get("id", "").startswith(f"{name}-"):
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
    _drop_idle_clips(root)
    for element in root.iter():
        _shorten(element)
    _flatten(root)
    _join_marks(root)
    _draw_dots(root)
    _share_size(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return re.sub(r">\s+<", "><", text).replace(" />", "/>")
