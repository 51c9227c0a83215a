// The three regimes of a batch: one example, noise, signal; the library's estimates and the theory.
"use strict";
(function (offCenter) {
  const { percent, show } = offCenter;
  const { ACTIVATIONS, moments, offsetShare, signAgreement } = offCenter.math;
  const LOW = 0.44;
  const NAMES = { gaussian: "Gaussian noise", signs: "noise ±1", rare: "rare errors" };

  // data: inputs n, noise ν, batch sizes, and by activation and law what the library estimated.
  function compute({ name, law, size }, { n, noise, sizes, shares }) {
    const { mean, variance } = moments(ACTIVATIONS[name]);
    const offset = offsetShare(mean, variance);
    const crossover = n * (1 + mean ** 2 / variance) * (1 + noise);
    const theory = sizes.map((B) => signAgreement(offset / (1 + B / crossover)));
    return {
      theory,
      crossover,
      plateau: signAgreement(offset),
      measured: shares[name][law],
      agreement: shares[name][law][sizes.indexOf(size)],
    };
  }

  const regime = (size, { crossover }) =>
    size === 1 ? "A single example" : size < crossover / 4 ? "Noise" : size < 4 * crossover ? "The crossover" : "Signal";

  const WHY = {
    "A single example": "all entries have the sign of its error",
    Noise: "near the plateau, where the mean of the inputs keeps entries together",
    "The crossover": "the true gradient is as strong as the noise",
    Signal: "the signs become those of the true gradient",
  };

  function says({ size }, result) {
    const where = regime(size, result);
    return `${where}, B = ${show(size)}: two entries agree in ${percent(result.agreement)}; ${WHY[where]}.`;
  }

  function draw(pen, { name, law, size }, result, { sizes }) {
    const last = sizes[sizes.length - 1];
    const { X, Y } = pen.axes("a", {
      box: [46, 26, pen.width - 116, pen.height - 64],
      x: { from: 0.9, to: last, log: true, ticks: [1, 8, 64, 512, 4096], label: "batch size B" },
      y: { from: LOW, to: 1.02, ticks: [0.5, 0.6, 0.7, 0.8, 0.9, 1].map((v) => [v, v.toFixed(1)]), label: "share of agreeing pairs" },
    });
    const level = (key, value) =>
      pen.line(key, [[X.at(0.9), Y.at(value)], [X.at(last), Y.at(value)]], "grey", {
        "stroke-width": 0.8,
        "stroke-dasharray": "3 3",
      });
    level("plateau", result.plateau);
    level("half", 0.5);
    const right = X.at(last) + 5;
    if (result.plateau > 0.54) {
      pen.text("plateau-name", right, Y.at(result.plateau) - 1, "plateau", "grey");
      pen.text("plateau-value", right, Y.at(result.plateau) + 11, result.plateau.toFixed(3), "grey");
    }
    pen.text("half-name", right, Y.at(0.5) + 4, "one half", "grey");
    const cross = X.at(result.crossover);
    pen.line("crossover", [[cross, Y.at(LOW)], [cross, Y.at(1.02)]], "grey", { "stroke-width": 0.8 });
    // The names of the regimes stand above the plot, each over its own part.
    const middle = { "text-anchor": "middle" };
    pen.text("single", X.at(1) - 4, 16, "single");
    pen.text("noise", (X.at(1.6) + cross) / 2 + 8, 16, "noise", "ink", middle);
    pen.text("signal", (cross + X.at(last)) / 2, 16, "signal", "ink", middle);
    const curve = (shares) => shares.map((share, i) => [X.at(sizes[i]), Y.at(share)]);
    pen.line("theory", curve(result.theory), "grey", { "stroke-width": 4, "stroke-linecap": "round" });
    pen.line("measured", curve(result.measured), "orange", { "stroke-width": 1.4 });
    pen.dots("sizes", curve(result.measured), "orange", 4);
    pen.text("name", X.at(1) + 8, Y.at(LOW) - 8, `${name.replace("_", " ")} inputs, ${NAMES[law]}`, "orange");
    return [
      {
        key: "size",
        label: "batch size",
        fields: ["size", null],
        at: [X.at(size), Y.at(result.agreement)],
        to: (px) => [X.back(px), 0],
      },
    ];
  }

  offCenter.figure("regimes", { compute, draw, says });
})(globalThis.offCenter);
