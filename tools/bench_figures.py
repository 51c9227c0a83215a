"""What an update of a movable figure costs: milliseconds of this processor, times four.

`make bench-figures`, or beside a site that was built before: `--beside FOLDER`; the two are then
measured in turns.  A figure is dragged on a page of the built book, in a phone's window, and each
update counted from the event to the end of its script, style and layout: in time of the
processor, because beside other work the clock says little.
"""

from __future__ import annotations

import argparse
import math
import os
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page

from offcenter_site.editions.browser import launched

ROOT = Path(__file__).resolve().parents[1]
SLOWER = 4
STEPS = 80
PHONE = {"width": 360, "height": 740}
# Of one update, as the browser counts.
PARTS = {"ScriptDuration": "script", "RecalcStyleDuration": "style", "LayoutDuration": "layout"}

# Live, and what is dragged in the middle of the window: its handle, else its slider.
_READY = """async (name) => {
  globalThis.stage = offCenter.stages.find((stage) => stage.name === name);
  stage.live();
  const grip = stage.svg.querySelector(".movable-handle") ?? stage.inputs[0];
  grip.scrollIntoView({ block: "center", behavior: "instant" });
  await new Promise((done) => setTimeout(done, 700));
  const { x, y, width, height } = grip.getBoundingClientRect();
  return [x + width / 2, y + height / 2];
}"""
_FRAME = "new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
_STATE = "JSON.stringify(stage.state)"


def _figures(site: Path) -> Iterator[tuple[str, Path]]:
    for page in sorted([site / "index.html", *(site / "book").glob("*.html")]):
        for name in re.findall(r'data-movable="(\w+)"', page.read_text(encoding="utf-8")):
            yield name, page


def _updates(page: Page, name: str) -> list[dict[str, float]]:
    """Drag a figure, and return what each update took of the processor, by part."""
    x, y = page.evaluate(_READY, name)
    counts = page.context.new_cdp_session(page)
    counts.send("Performance.enable", {"timeDomain": "threadTicks"})

    def now() -> dict[str, float]:
        metrics = counts.send("Performance.getMetrics")["metrics"]
        found = {metric["name"]: 1000 * SLOWER * metric["value"] for metric in metrics}
        return {words: found[part] for part, words in PARTS.items()}

    page.mouse.move(x, y)
    page.mouse.down()
    state, taken = page.evaluate(_STATE), []
    for step in range(STEPS):
        turn = 2 * math.pi * step / 40
        before = now()
        page.mouse.move(x + 50 * math.sin(turn) - 20, y + 35 * math.sin(1.5 * turn))
        page.evaluate(_FRAME)
        after = now()
        was, state = state, page.evaluate(_STATE)
        if state != was:
            taken.append({part: after[part] - before[part] for part in after})
    page.mouse.up()
    if not taken:
        raise SystemExit(f"{name}: the drag changed nothing, so there is no update to measure")
    return taken


def _drag(browser: Browser, page: Path, name: str) -> list[dict[str, float]]:
    context = browser.new_context(viewport=PHONE, device_scale_factor=2)
    opened = context.new_page()
    opened.goto(page.as_uri())
    taken = _updates(opened, name)
    context.close()
    return taken


def _late(values: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def main() -> None:
    """Measure, and print medians, 95th percentiles and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--beside", type=Path, help="the folder of a site that was built before")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", help="names of figures")
    chosen = parser.parse_args()
    sites = [folder.resolve() for folder in (chosen.beside, chosen.site) if folder]
    with launched() as browser:
        for name, page in _figures(chosen.site.resolve()):
            if chosen.only and name not in chosen.only:
                continue
            place = page.relative_to(chosen.site.resolve())
            taken = {site: [] for site in sites}
            for _ in range(chosen.rounds):
                for site in sites:
                    taken[site] += _drag(browser, site / place, name)
            sums = {site: [sum(update.values()) for update in taken[site]] for site in sites}
            for site in sites:
                parts = ", ".join(
                    f"{part} {statistics.median(update[part] for update in taken[site]):.1f}"
                    for part in PARTS.values()
                )
                print(
                    f"{name:10} median {statistics.median(sums[site]):5.1f} ms, "
                    f"95th percentile {_late(sums[site]):5.1f} ms of {len(sums[site])} updates"
                    f" ({parts}; load {os.getloadavg()[0]:.1f})  {site}",
                    flush=True,
                )
            if len(sites) > 1:
                ratios = [
                    of(sums[sites[1]]) / of(sums[sites[0]]) for of in (statistics.median, _late)
                ]
                print(f"{name:10} to before {ratios[0]:.2f}, {ratios[1]:.2f}", flush=True)


if __name__ == "__main__":
    main()
