"""The path of a shape in an SVG, in as few bytes as show no difference."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

_Commands = list[tuple[str, list[float]]]
_COMMAND = re.compile(r"([MLCQZz])([^A-Za-z]*)")


def _commands(path: str) -> _Commands:
    return [
        (command, [float(number) for number in rest.split()])
        for command, rest in _COMMAND.findall(path)
    ]


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


def radius_of(path: str) -> float | None:
    """Return the radius of a marker if it is a circle, which Matplotlib draws by eight curves."""
    commands = _commands(path)
    ends = [numbers[-2:] for name, numbers in commands if name in "MC"]
    if len(ends) != 9:
        return None
    radius = ends[0][1]
    return radius if all(abs(a * a + b * b - radius**2) <= 1e-4 for a, b in ends) else None


def circle(radius: float, x: float, y: float) -> str:
    """Return the path of a circle around (x, y)."""
    size = round(10 * radius)
    r, d = _tenths(size), _tenths(2 * size)
    start = _joined([round(10 * (x - radius)), round(10 * y)])
    return f"M{start}a{r} {r} 0 1 0 {d} 0 {r} {r} 0 1 0-{d} 0"


def _ellipse_of(commands: _Commands) -> tuple[complex, complex, float] | None:
    """Return center, longer half axis and its turned fellow's length of eight curves, if one."""
    # Some are closed by a line of no length, too.
    if "".join(name for name, _ in commands).upper() not in ("MCCCCCCCCZ", "MCCCCCCCCLZ"):
        return None
    ends = [complex(*numbers[-2:]) for _, numbers in commands[:9]]
    center = (ends[0] + ends[4]) / 2
    one, other = ends[0] - center, ends[2] - center
    for k, end in enumerate(ends):
        turned = one * math.cos(k * math.pi / 4) + other * math.sin(k * math.pi / 4)
        if abs(end - center - turned) > 1e-3:
            return None
    # Where on the ellipse its longer axis ends.
    turn = math.atan2(2 * (one * other.conjugate()).real, abs(one) ** 2 - abs(other) ** 2) / 2
    long = one * math.cos(turn) + other * math.sin(turn)
    short = other * math.cos(turn) - one * math.sin(turn)
    return center, long, abs(short)


def ellipse(path: str, x: float, y: float) -> str | None:
    """Return the path of an ellipse moved by (x, y) as two arcs; Matplotlib draws eight curves.

    The arcs meet at the ends of the longer axis: so rounding stretches neither axis.
    """
    found = _ellipse_of(_commands(path))
    if found is None:
        return None
    center, long, short = found
    # Alike for shapes that are alike.
    long = long if (long.real, long.imag) > (0, 0) else -long
    start, way = center + complex(x, y) - long, 2 * long
    place = _joined([round(10 * start.real), round(10 * start.imag)])
    step = [round(10 * way.real), round(10 * way.imag)]
    turn = f"{math.degrees(math.atan2(long.imag, long.real)):.2f}"
    arc = f"a{_tenths(round(10 * abs(long)))} {_tenths(round(10 * short))} {turn} 1 0 "
    there, back = _joined(step), _joined([-size for size in step])
    return f"M{place}{arc}{there}{arc}{back}z".replace("0 -", "0-")


def dots(places: Sequence[complex]) -> str:
    """Return a path of steps of no length, which a round pen draws as dots.

    All are placed from the first: so dots that were moved together differ in their start alone.
    """
    first, here = places[0], [0, 0]
    path = f"M{_joined([round(10 * first.real), round(10 * first.imag)])}h0"
    for place in places[1:]:
        away = place - first
        there = [round(10 * away.real), round(10 * away.imag)]
        path += f"m{_joined([n - here[i] for i, n in enumerate(there)])}h0"
        here = there
    return path


# In points: a seventh of a pixel where a figure is shown largest.
_UNSEEN = 0.1


def _bends(points: list[complex]) -> list[int]:
    """Return the places of the points that a line needs (Ramer, Douglas and Peucker)."""
    kept, todo = {0, len(points) - 1}, [(0, len(points) - 1)]
    while todo:
        first, last = todo.pop()
        chord = points[last] - points[first]
        far, place = 0.0, first
        for i in range(first + 1, last):
            step = points[i] - points[first]
            # The part of the chord that is nearest.
            along = (step * chord.conjugate()).real / abs(chord) ** 2 if chord else 0
            distance = abs(step - min(max(along, 0), 1) * chord)
            if distance > far:
                far, place = distance, i
        if far > _UNSEEN:
            kept.add(place)
            todo += [(first, place), (place, last)]
    return sorted(kept)


def _without_idle_points(commands: _Commands) -> _Commands:
    """Leave out the points of lines that lie on the straight way between others.

    Matplotlib does so for curves, but not for what is filled.
    """
    found: _Commands = []
    run: list[complex] = []
    for command, numbers in [*commands, ("", [])]:
        if command != "L" and len(run) > 1:
            found += [("L", [run[i].real, run[i].imag]) for i in _bends(run)[1:]]
        if command != "L" and numbers:
            run = []
        if command:
            found += [] if command == "L" else [(command, numbers)]
        if numbers:
            run.append(complex(*numbers[-2:]))
        elif command:
            run = []
    return found


def short_path(path: str, x: float = 0, y: float = 0) -> str:
    """Return a path moved to (x, y) in tenths of a point, which no pixel tells apart.

    Each place is given from the last.  Rounding does not add up, for each place is rounded before
    its distance is taken.
    """
    out, last, here, start = "", "", [0, 0], [0, 0]
    for command, floats in _without_idle_points(_commands(path)):
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
