"""Runs that are played, paused, stepped and raced."""

from __future__ import annotations

from movable_pages import is_live, query_of, sentence, settled, wait


def walker_time(page):
    return page.evaluate("offCenter.stages[0].player.time")


def test_the_opening_plays_once_by_itself_unless_less_motion_is_wanted(visit):
    page = visit("opening")
    assert not is_live(page)
    page = visit("opening", reduced_motion="no-preference")
    assert is_live(page)
    wait(page, "offCenter.stages[0].player.time > 3")
    # Nobody asked it to speak, or to write to the address.
    assert sentence(page) == ""
    assert query_of(page) == ""
    wait(page, "!offCenter.stages[0].player.playing")
    last = page.evaluate("offCenter.stages[0].result.points.length - 1")
    assert f"{last}steps, mean of the inputs 1" in page.locator("svg.movable-live").text_content()


def test_a_run_is_played_paused_stepped_and_scrubbed(visit):
    page = visit("zigzag")
    page.get_by_role("button", name="Play", exact=True).click()
    wait(page, "offCenter.stages[0].player.time > 1")
    page.get_by_role("button", name="Pause", exact=True).click()
    paused = walker_time(page)
    page.wait_for_timeout(150)
    assert walker_time(page) == paused
    page.get_by_role("button", name="Step", exact=True).click()
    assert walker_time(page) == int(paused) + 1
    scrub = page.get_by_role("slider", name="Step of the run")
    scrub.press("Home")
    assert walker_time(page) == 0
    scrub.press("ArrowRight")
    assert scrub.get_attribute("aria-valuetext") == "step 1 of 25"
    assert "step 1" in page.locator("svg.movable-live").text_content()
    scrub.press("End")
    assert walker_time(page) is None or walker_time(page) == float("inf")
    assert query_of(page) == ""


def test_two_runs_race_and_a_pinned_one_stays(visit):
    page = visit("zigzag")
    ghost = "offCenter.stages[0].player.ghost?.eigenvalues"
    raw = page.evaluate("offCenter.stages[0].figure.compute(offCenter.stages[0].state).eigenvalues")
    page.get_by_role("button", name="Pin", exact=True).click()
    for name in ("diverges", "centered"):
        page.get_by_role("button", name=name, exact=True).click()
        settled(page)
        assert page.evaluate(ghost) == raw
    # From one start, by one clock, each to its own end.
    page.get_by_role("slider", name="Step of the run").press("Home")
    page.get_by_role("slider", name="Step of the run").press("End")
    assert page.evaluate("offCenter.stages[0].player.length") == 25
    page.get_by_role("button", name="Pin", exact=True).click()
    assert page.evaluate(ghost) is None
