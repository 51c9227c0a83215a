"""Claims that are gone, and the claim that now says what is true of their subject.

Others link to claims by their ids, so each id stays an address: the box of the claim that took its
place answers to it.
"""

from collections.abc import Mapping

RETIRED: Mapping[str, str] = {
    "signs.deduced": "signs.same-sign",
    "signs.two-legs": "signs.detour",
    "signs.alignment": "signs.detour",
    # An identity, now a remark beside the claim on both norms.
    "remedies.rms-norm-signs": "remedies.over-features",
    "batches.one-example": "batches.never-half",
    "batches.all-agree-sampled": "batches.all-agree",
    "batches.soon": "batches.gaussian-errors",
    "batches.speedup": "batches.no-speedup",
    "zigzag.small-step": "zigzag.window",
    "centering.bias-quadratic": "centering.bias",
    "centering.share-and-kappa": "centering.outlier",
    "centering.useful-batch": "centering.outlier",
    "fisher.linear-maps": "fisher.invariance",
    "fisher.regression": "fisher.center-regress-intercept",
    "fisher.solved": "fisher.center-regress-intercept",
    "fisher.width-subtracted": "fisher.width",
}
