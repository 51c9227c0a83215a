// The zig-zag: descent for two inputs at any step size, momentum and start.
"use strict";
(function (offCenter) {
  const { plural, show } = offCenter;
  const { both, ending, last, run } = offCenter.plane;
  const compute = (state) => run(state);

  function says({ mean, step, momentum }, result) {
    const outcome = result.diverges
      ? "the path diverges"
      : result.steps === null
        ? `the path is not at the goal after ${plural(last(result), "step")}`
        : `the path reaches the goal in ${plural(result.steps, "step")}`;
    return (
      `With mean ${show(mean)}, step ${show(step)}/λmax and momentum ${show(momentum)}, ` +
      `κ is ${show(result.kappa)}, and ${outcome}, with ${plural(result.turns, "turn")} of more than 90°.`
    );
  }

  function draw(pen, state, result, data, view) {
    const { X, Y, at } = both(pen, result, view, 24);
    const step = Math.floor(view.time);
    const where = view.time < last(result) ? `step ${step}` : ending(result);
    pen.text("title", 36, 12, `κ = ${show(result.kappa)}, step ${show(state.step)}/λmax: ${where}`);
    const { x, y } = state;
    const right = x > 0.7;
    pen.text("start", X.at(x) + (right ? -11 : 11), Y.at(y) - 10, "start", "ink", {
      "text-anchor": right ? "end" : "start",
    });
    return [
      {
        key: "start",
        label: "start of the path",
        color: "ink",
        fields: ["x", "y"],
        at: at([x, y]),
        to: (px, py) => [X.back(px), Y.back(py)],
      },
    ];
  }

  offCenter.figure("zigzag", {
    compute,
    draw,
    says,
    length: last,
    valid: ({ x, y }) => x !== 0 || y !== 0,
  });
})(globalThis.offCenter);
