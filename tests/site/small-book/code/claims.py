"""The claims of the small book."""

from offcenter.small import total

from offcenter.claims._record import Check, claim, equal


@claim("small.sum", "One and one is two.", kind="computed", source="euler1748")
def _() -> Check:
    return Check(equal("the sum", theory=2, observed=total(2)))


@claim("small.product", "Two and two is four.", kind="computed", source="derived here")
def _() -> Check:
    return Check(equal("the product", theory=4, observed=total(4)))
