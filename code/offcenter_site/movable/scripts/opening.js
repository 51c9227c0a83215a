// The bowl that opens the book: only the mean of the inputs moves it, and what it costs is counted.
"use strict";
(function (offCenter) {
  const { plural, show } = offCenter;
  const { both, color, last, run } = offCenter.plane;
  const { GOAL } = offCenter.library.opening;

  function compute({ mean }) {
    // The best fixed step size, in units of 1/λmax, is 2κ/(κ + 1).
    const { kappa } = run({ mean, step: 1, momentum: 0, x: 1, y: 0 }, 1);
    return run({ mean, step: (2 * kappa) / (kappa + 1), momentum: 0, x: 1, y: 0 }, GOAL);
  }

  function says({ mean }, result) {
    const cost = plural(result.steps, "step");
    return mean === 0
      ? `With a mean of 0 the bowl is round: ${cost}.`
      : `With a mean of ${show(mean)} the bowl is ${show(result.kappa)} times as steep one way as the other: ${cost}.`;
  }

  function draw(pen, { mean }, result, data, view) {
    const { X, Y } = both(pen, result, view, 34, [1e-5, -2, -4]);
    const now = Math.floor(Math.min(view.time, last(result)));
    pen.text("count", 36, 24, String(now), color(result), { "font-size": 24, "font-weight": 600 });
    const digits = String(now).length;
    pen.text("counted", 42 + 15 * digits, 24, `${now === 1 ? "step" : "steps"}, mean of the inputs ${show(mean)}`);
    pen.text("start", X.at(1), Y.at(0) - 9, "start", "ink", { "text-anchor": "middle" });
    pen.text("minimum", X.at(0) - 8, Y.at(0) - 8, "minimum", "ink", { "text-anchor": "end" });
    return [];
  }

  offCenter.figure("opening", { compute, draw, says, length: last, opens: true });
})(globalThis.offCenter);
