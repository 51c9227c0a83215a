"""The networks of the example `swings-edge`, which learn sines, in a writing of their own."""

import numpy as np
from runs import kept_run


@kept_run
def sine_runs(eta, steps=5000):
    """Return losses and the λmax that are seen of five starts, by one vector of weights each.

    λmax is by finite differences, at the start and every 500 steps of the later half; a start that
    diverges has None for it.
    """
    X, y, p = [], [], []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        X.append(rng.standard_normal((50, 5)))
        y.append(np.sin(X[-1] @ rng.standard_normal(5)))
        W, v = rng.standard_normal(100) / 5**0.5, rng.standard_normal(20) / 20**0.5
        p.append(np.concatenate([W, np.zeros(20), v]))
    X, y, p = (np.array(part) for part in (X, y, p))

    def slopes(p, X, y):
        z = np.tanh(X @ p[:, :100].reshape(-1, 5, 20) + p[:, None, 100:120])
        r = (z @ p[:, 120:, None])[:, :, 0] - y
        back = r[:, :, None] * p[:, None, 120:] * (1 - z * z) / 50
        parts = (
            (X.transpose(0, 2, 1) @ back).reshape(len(p), 100),
            back.sum(axis=1),
            (r[:, None] @ z)[:, 0] / 50,
        )
        return (r * r).sum(axis=1) / 100, np.concatenate(parts, axis=1)

    def steepest(run):
        near = 1e-5 * np.eye(140)
        ends = [slopes(p[run] + sign * near, X[[run]], y[[run]])[1] for sign in (1, -1)]
        H = (ends[0] - ends[1]) / 2e-5
        return np.linalg.eigvalsh((H + H.T) / 2)[-1]

    losses, seen, on = [], [[steepest(run)] for run in range(5)], np.ones(5, dtype=bool)
    for step in range(steps + 1):
        loss, slope = slopes(p, X, y)
        losses.append(loss)
        on &= loss <= 1e6
        for run in np.flatnonzero(on) if 2 * step >= steps and step % 500 == 0 else ():
            seen[run].append(steepest(run))
        # What has diverged stays where it is.
        p = p - eta * slope * on[:, None]
    return [
        (way, lams if stays else None)
        for way, lams, stays in zip(np.array(losses).T, seen, on, strict=True)
    ]
