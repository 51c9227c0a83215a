// The zig-zag: descent for two inputs at any step size, momentum and start.
"use strict";
(function (offCenter) {
  const { plural, show } = offCenter;
  const { both, ending, last, run } = offCenter.plane;
  const compute = (state) => run(state);

  function says(state, result) {
    const outcome = result.diverges
      ? "the path diverges"
      : result.steps === null
        ? `not at the goal after ${plural(last(result), "step")}`
        : `${plural(result.steps, "step")} to the goal`;
    const [flat, steep] = (result.factors ?? []).map((factor) => show(factor, 2));
    // With momentum a step is no factor.
    const why =
      flat === undefined
        ? ""
        : flat === steep
          ? ` A step leaves ${flat} of the way.`
          : ` A step leaves ${flat} of the flat way, ${steep} of the steep one.`;
    return `κ is ${show(result.kappa)}: ${outcome}, ${plural(result.turns, "turn")} of more than 90°.${why}`;
  }

  function draw(pen, state, result, data, view) {
    const { X, Y, at } = both(pen, result, view, 24, [1e-7, -3, -6]);
    const step = Math.floor(view.time);
    const where = view.time < last(result) ? `step ${step}` : ending(result);
    pen.text("title", 36, 12, `κ = ${show(result.kappa)}, step ${show(state.step)}/λmax: ${where}`);
    const { x, y } = state;
    // Off the words in the corners and above, and off the path, which leads to the middle.
    const outer = x <= -0.55;
    const right = x > 0.7 || (x < -0.2 && !outer);
    const below = y > (outer ? 0.75 : 0.55) || (outer && y < -0.2 && y > -1);
    const lower = below ? 20 : y < -1 ? -17 : -11;
    pen.text("start", X.at(x) + (right ? -12 : 12), Y.at(y) + lower, "start", "ink", {
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
