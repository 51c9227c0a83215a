// The spectrum of E[xxᵀ] for iid inputs: one eigenvalue leaves the others as the mean grows.
"use strict";
(function (offCenter) {
  const { iidSpectrum, offsetShare } = offCenter.math;
  const MEANS = Array.from({ length: 61 }, (_, i) => i / 60);

  // The outliers over all means that the slider reaches: kept until something else is moved.
  let over = {};
  function curvesOf(n, variance, bias) {
    if (over.n !== n || over.variance !== variance || over.bias !== bias) {
      over = { n, variance, bias, curves: MEANS.map((m) => iidSpectrum(n, m, variance, bias).outliers) };
    }
    return over.curves;
  }

  function compute({ n, mean, variance, bias }) {
    return {
      ...iidSpectrum(n, mean, variance, bias),
      share: offsetShare(mean, variance),
      curves: curvesOf(n, variance, bias),
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

  // Powers of ten between two numbers, written plainly, with the small ticks 2 to 9 of each.
  function decades(from, to) {
    const ticks = [];
    const minor = [];
    for (let k = Math.floor(Math.log10(from)); 10 ** k <= to; k++) {
      for (let digit = 1; digit < 10; digit++) {
        const value = digit * 10 ** k;
        if (value < from || value > to) continue;
        if (digit > 1) minor.push(value);
        else ticks.push([value, k < -3 ? offCenter.power(k) : offCenter.show(value)]);
      }
    }
    return { ticks, minor };
  }

  function draw(pen, state, result, data, view) {
    const { show } = offCenter;
    const box = [46, 8, pen.width - 136, pen.height - 46];
    const [top, low] = result.outliers;
    const last = result.curves.at(-1);
    const least = Math.min(result.bulk, low ?? result.bulk);
    const [from, to] = [Math.min(least, ...last, result.bulk) / 4, Math.max(1, last[0]) * 3];
    const { X, Y } = pen.axes("a", {
      box,
      x: {
        from: 0,
        to: 1,
        ticks: [0, 0.2, 0.4, 0.6, 0.8, 1].map((m) => [m, m.toFixed(1)]),
        label: "mean m of each input",
      },
      y: { from, to, log: true, ...decades(from, to), label: "eigenvalue" },
    });
    view.scales = { X, Y };
    if (view.hidden) return [];
    pen.keep("curves", [state.n, state.variance, state.bias], () => {
      const curve = (i) => MEANS.map((m, k) => [X.at(m), Y.at(result.curves[k][i])]);
      const right = X.at(1) + 5;
      pen.line("bulk", [[X.at(0), Y.at(result.bulk)], [X.at(1), Y.at(result.bulk)]], "blue");
      pen.text("bulk-name", right, Y.at(result.bulk) + 3, `${result.count} equal to v`, "blue");
      pen.line("outlier", curve(0), "orange");
      pen.text("outlier-name", right, Y.at(last[0]) + 3, "the outlier", "orange");
      if (!state.bias) pen.text("outlier-value", right, Y.at(last[0]) + 16, "v + nm²", "orange");
      else {
        pen.line("bias", curve(1), "purple");
        pen.text("bias-name", right, Y.at(last[1]) + 3, "of the bias", "purple");
      }
    });
    const x = X.at(state.mean);
    const [high, deep] = [Y.at(top), Y.at(least)];
    const middle = (high + deep) / 2;
    offCenter.arrow(pen, "up", [x, middle], [x, high], "grey", { "stroke-width": 1 });
    offCenter.arrow(pen, "down", [x, middle], [x, deep], "grey", { "stroke-width": 1 });
    const side = state.mean < 0.6 ? 1 : -1;
    // Where the span is short the number stands above it.
    pen.text("kappa", x + 8 * side, deep - high > 24 ? middle + 3 : high - 14, `κ = ${show(result.kappa)}`, "ink", {
      "text-anchor": side > 0 ? "start" : "end",
    });
    return [
      {
        key: "mean",
        label: "mean of the inputs",
        fields: ["mean", null],
        at: [x, high],
        to: (px) => [X.back(px), 0],
      },
    ];
  }

  // Where a guess is drawn: the largest eigenvalue at some means, by its power of ten.
  const sketch = {
    at: [0, 0.25, 0.5, 0.75, 1],
    from: 0.25,
    to: 250,
    step: 1,
    // Steps of a twentieth of a power of ten.
    list: Array.from({ length: 61 }, (_, i) => 0.25 * 10 ** (i / 20)),
    value: 0.25,
    label: (mean) => `mean ${mean}`,
  };

  offCenter.figure("centering", { compute, draw, says, sketch });
})(globalThis.offCenter);
