// The spectrum of E[xxᵀ] for iid inputs: one eigenvalue leaves the others as the mean grows.
"use strict";
(function (offCenter) {
  const { iidSpectrum, offsetShare } = offCenter.math;
  const MEANS = Array.from({ length: 61 }, (_, i) => i / 60);

  function compute({ n, mean, variance, bias }) {
    const spectrum = iidSpectrum(n, mean, variance, bias);
    return {
      ...spectrum,
      share: offsetShare(mean, variance),
      // The outliers over all means that the slider reaches.
      curves: MEANS.map((m) => iidSpectrum(n, m, variance, bias).outliers),
    };
  }

  function says({ n, mean, bias }, result) {
    const { show } = offCenter;
    const inputs = `${n} inputs of mean ${show(mean)}${bias ? " and a bias" : ""}`;
    if (mean === 0) {
      return `With ${inputs} no eigenvalue comes from a mean: κ is ${show(result.kappa)}.`;
    }
    return (
      `With ${inputs} the largest eigenvalue is ${show(result.outliers[0])}, ` +
      `${result.count} of the others are ${show(result.bulk)}; κ is ${show(result.kappa)}, ρ is ${show(result.share)}.`
    );
  }

  function draw(pen, state, result) {
    const box = [38, 8, pen.width - 150, pen.height - 42];
    const decades = [-4, -3, -2, -1, 0, 1, 2, 3];
    const { X, Y } = pen.axes("a", {
      box,
      x: { from: 0, to: 1, ticks: [0, 0.5, 1], label: "mean m of each input" },
      y: {
        from: 1e-5,
        to: 3e3,
        log: true,
        ticks: decades.map((k) => [10 ** k, offCenter.power(k)]),
        label: "eigenvalue",
      },
    });
    const curve = (i) => MEANS.map((m, k) => [X.at(m), Y.at(result.curves[k][i])]);
    const right = X.at(1) + 6;
    const [top, low] = [result.outliers[0], result.outliers[1]];
    pen.line("bulk", [[X.at(0), Y.at(result.bulk)], [X.at(1), Y.at(result.bulk)]], "blue");
    pen.text("bulk-name", right, Y.at(result.bulk) + 3, `${result.count} equal to s²`, "blue");
    pen.line("outlier", curve(0), "orange");
    pen.text("outlier-name", right, Y.at(result.curves.at(-1)[0]) + 3, "the outlier", "orange");
    if (state.bias) {
      pen.line("bias", curve(1), "purple");
      pen.text("bias-name", right, Y.at(result.curves.at(-1)[1]) + 3, "of the bias", "purple");
    }
    const least = Math.min(result.bulk, low ?? result.bulk);
    const x = X.at(state.mean);
    pen.line("span", [[x, Y.at(least)], [x, Y.at(top)]], "grey", { "stroke-width": 0.8, "stroke-dasharray": "3 2" });
    pen.dots("ends", [[x, Y.at(least)]], "grey", 5);
    pen.text("kappa", Math.min(x + 5, X.at(0.62)), box[1] + 8, `κ = ${offCenter.show(result.kappa)}`);
    return [
      {
        key: "mean",
        label: "mean of the inputs",
        fields: ["mean", null],
        at: [x, Y.at(top)],
        to: (px) => [X.back(px), 0],
      },
    ];
  }

  offCenter.figure("centering", { compute, draw, says });
})(globalThis.offCenter);
