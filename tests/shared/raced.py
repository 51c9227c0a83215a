"""Networks from one start, with all step sizes at once, in a writing of their own.

Beside the library's `race`: columns are examples, biases are columns of the weights, φ′ is a
function of φ, and each start is raced alone.
"""

from collections import namedtuple

import numpy as np

Fewest = namedtuple("Fewest", "steps step_size least")

# φ, and φ′ as a function of φ.
SIGMOID = (lambda s: 1 / (1 + np.exp(-s)), lambda a: a * (1 - a))
TANH = (np.tanh, lambda a: (1 - a) * (1 + a))
RELU = (lambda s: np.maximum(s, 0), lambda a: a > 0)
ELU = (lambda s: np.where(s > 0, s, np.expm1(np.minimum(s, 0))), lambda a: 1 + np.minimum(a, 0))

SAME = (1, 1, 1)


def leaky(part):
    """Return the ReLU that keeps a part of what is negative, and its slope."""
    return (lambda s: np.maximum(s, part * s)), (lambda a: np.where(a > 0, 1.0, part))


def times(phi, factor, less=0.0):
    """Return factor · φ − less, and its slope."""
    value, slope = phi
    return (lambda s: factor * value(s) - less), (lambda a: factor * slope((a + less) / factor))


def shortest(steps, rates, limit):
    """Return the fewest steps of single runs, and their rate: of equally good ones the smallest.

    `steps` counts those at a rate, up to a number: the likely best rates come first.
    """
    best = limit, np.inf
    for rate in rates:
        best = min(best, (steps(rate, best[0]), rate))
    return best


def fewest(network, X, labels, phi, step_sizes, *, goal=0.1, limit=400, parts=(SAME, SAME)):
    """Return the fewest full-batch steps to a loss, their step size, and the least loss of all.

    Each step size has its own run; the first that arrives ends all.  Runs whose loss is three times
    the first have diverged, and go no further.  With no arrival the steps are infinite.

    Parameters
    ----------
    network : Network
        Its weights and biases; its activation is not used.
    X : ndarray, shape (N, inputs)
    labels : ndarray of int, shape (N,)
    phi : tuple of two functions
    step_sizes : sequence of float
    parts : tuple of two tuples
        The network is written with so many times its weights, and its biases, in the first layer,
        in those between and in the last: a step then is the square of that as large.
    """
    value, slope = phi
    sizes, target = np.sort(step_sizes), np.eye(labels.max() + 1)[labels].T
    between = len(network.weights) - 2
    factors = [[one, *[more] * between, last] for one, more, last in parts]
    ones = np.ones((1, len(X)))
    # A row of ones in what a layer reads, and the biases behind its weights.
    W, rates = [], []
    for w, b, of_w, of_b in zip(network.weights, network.biases, *factors, strict=True):
        both = np.column_stack([of_w * w, of_b * b])
        W.append(np.repeat(both[None], len(sizes), axis=0))
        rates.append(np.append(np.full(w.shape[1], of_w**2), of_b**2) / len(X))
    first, least = None, np.inf
    with np.errstate(over="ignore"):
        for step in range(limit + 1):
            read = [np.vstack([X.T, ones])]
            for w in W[:-1]:
                a = value(w @ read[-1])
                read.append(np.concatenate([a, np.broadcast_to(ones, (len(a), 1, len(X)))], axis=1))
            s = W[-1] @ read[-1]
            s -= s.max(axis=1, keepdims=True)
            powers = np.exp(s)
            total = powers.sum(axis=1)
            losses = (np.log(total) - (s * target).sum(axis=1)).mean(axis=1)
            first = losses[0] if first is None else first
            on = losses < 3 * first
            least = min(least, losses[on].min(initial=np.inf))
            there = on & (losses <= goal)
            if there.any():
                return Fewest(step, sizes[there][0], least)
            if not on.any():
                break
            d = powers / total[:, None] - target
            if not on.all():
                sizes, d, W = sizes[on], d[on], [w[on] for w in W]
                read = [read[0], *(a[on] for a in read[1:])]
            for k in range(len(W) - 1, -1, -1):
                below = d
                gradient = d @ read[k].swapaxes(-1, -2)
                if k:
                    below = (W[k][:, :, :-1].swapaxes(1, 2) @ d) * slope(read[k][:, :-1])
                W[k] = W[k] - sizes[:, None, None] * rates[k] * gradient
                d = below
    return Fewest(np.inf, np.nan, least)
