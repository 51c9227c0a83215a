"""The digits: how far it is to each of many training losses, in flow time and in steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._guard import guarded
from offcenter._records import Record
from offcenter._store import stored
from offcenter.experiment._digits import METHODS
from offcenter.experiment._setups import contest
from offcenter.network import race, road

__all__ = ["LOSSES", "Goals", "goals"]

#: Training losses, the next always about as far on as the one before.
LOSSES = tuple(
    percent / 100 for percent in (50, 44, 39, 34, 30, 27, 24, 22, 20, 18, 16, 14, 13, 12, 11, 10)
)


@dataclass(frozen=True, eq=False)
class Goals(Record):
    """How far one network has to each of `LOSSES`.

    Parameters
    ----------
    times : ndarray
        Of gradient flow.
    steps : ndarray of int
        Of gradient descent in full batches, with the step size that is best for this loss.
    """

    times: np.ndarray
    steps: np.ndarray


@guarded
@stored
def goals(name: str) -> Goals:
    """Follow a setup from its first start to each of `LOSSES`.

    Raises
    ------
    ValueError
        If there is no setup of that name.
    """
    given = contest(name)
    rows = np.array([0])
    theta, training = given.theta[rows], given.training.rows(rows)
    flow = road(given.family, theta, training, targets=LOSSES)
    runs = race(
        given.family,
        theta,
        training,
        given.test.rows(rows),
        step_sizes=METHODS["full"].step_sizes,
        targets=LOSSES,
    )
    return Goals(flow.time[0], runs.fewest[0])
