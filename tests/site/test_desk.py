"""Tests that share a page of the browser find it as new."""


def test_a_page_that_is_lent_again_is_as_new(desk, address):
    page = f"{address}/404.html"
    for url in (page, page, f"{page}#a", f"{page}#a", page, "about:blank", "about:blank"):
        with desk.lend(url, viewport={"width": 360, "height": 800}) as lent:
            found = lent.evaluate("[location.href, window.left ?? null, history.state]")
            assert found == [url, None, None]
            lent.evaluate("() => { window.left = 1; history.replaceState('left', ''); }")
