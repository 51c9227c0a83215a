// The three regimes of a batch: one example, noise, signal; the library's estimates and the theory.
"use strict";
(function (offCenter) {
  const { percent, show } = offCenter;
  const { ACTIVATIONS, moments, offsetShare, signAgreement } = offCenter.math;
  const LOW = 0.44;
  const LAWS = [["gaussian", "Gaussian", "orange"], ["signs", "±1", "blue"], ["rare", "rare", "green"]];
  const INKS = Object.fromEntries(LAWS.map(([law, , color]) => [law, color]));

  const known = new Map();
  function momentsOf(name) {
    if (!known.has(name)) known.set(name, moments(ACTIVATIONS[name]));
    return known.get(name);
  }

  // data: inputs n, batch sizes, noises ν, and by activation, law and ν what the library estimated.
  function compute({ name, law, noise, size }, { n, noises, sizes, shares }) {
    const { mean, variance } = momentsOf(name);
    const offset = offsetShare(mean, variance);
    const crossover = n * (1 + mean ** 2 / variance) * (1 + noise);
    const theory = sizes.map((B) => signAgreement(offset / (1 + B / crossover)));
    const laws = LAWS.map(([one]) => shares[name][one][noises.indexOf(noise)]);
    const measured = laws[LAWS.findIndex(([one]) => one === law)];
    return {
      laws,
      theory,
      crossover,
      plateau: signAgreement(offset),
      measured,
      agreement: measured[sizes.indexOf(size)],
    };
  }

  const regime = (size, { crossover }) =>
    size === 1 ? "A single example" : size < crossover / 4 ? "Noise" : size < 4 * crossover ? "The crossover" : "Signal";

  const WHY = {
    "A single example": "no entry opposes its error",
    Noise: "the mean of the inputs keeps a plateau",
    "The crossover": "the true gradient about equals the noise",
    Signal: "the signs become those of the true gradient",
  };

  function says({ size }, result) {
    const where = regime(size, result);
    return `${where}, B = ${show(size)}: two entries do not have opposite signs in ${percent(result.agreement)}; ${WHY[where]}.`;
  }

  // All that does not move with the batch.
  function ground(pen, { law }, result, { sizes }) {
    const last = sizes[sizes.length - 1];
    const { X, Y } = pen.axes("a", {
      box: [46, 26, pen.width - 116, pen.height - 64],
      x: { from: 0.9, to: last, log: true, ticks: [1, 8, 64, 512, 4096], label: "batch size B" },
      y: { from: LOW, to: 1.02, ticks: [0.5, 0.6, 0.7, 0.8, 0.9, 1].map((v) => [v, v.toFixed(1)]), label: "share of agreeing pairs" },
    });
    // Where the signal is stronger than the noise, if that comes within the batches that are shown.
    const turns = result.crossover < last;
    const cross = X.at(turns ? result.crossover : last);
    const [begin, floor, roof] = [X.at(1.5), Y.at(LOW), Y.at(1.02)];
    pen.area("ground", [[begin, floor], [begin, roof], [cross, roof], [cross, floor]], "light", { opacity: 0.25 });
    const level = (key, value) =>
      pen.line(key, [[begin, Y.at(value)], [X.at(last), Y.at(value)]], "grey", {
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
    // Where the names of the laws have no room on its left.
    const early = turns && cross < X.at(5) + 66;
    // The names of the regimes stand above the plot, each over its own part.
    const head = (key, x, side) => pen.text(key, x, 16, key, "ink", { "text-anchor": side, "font-weight": "bold" });
    head("single", X.at(1) - 8, "start");
    head("noise", Math.max((begin + cross) / 2, X.at(1) + 58), "middle");
    if (turns) {
      head("signal", (cross + X.at(last)) / 2, "middle");
      pen.line("crossover", [[cross, floor], [cross, roof]], "ink", { "stroke-width": 0.8 });
      // Above the curve, which has fallen by here, and below the names on the right.
      const y = Y.at(early ? 0.75 : 0.94);
      pen.text("crossover-name", cross + 6, y - 2, "crossover");
      pen.text("crossover-value", cross + 6, y + 12, show(result.crossover));
    }
    const curve = (shares) => shares.map((share, i) => [X.at(sizes[i]), Y.at(share)]);
    pen.line("theory", curve(result.theory), "grey", { "stroke-width": 4, "stroke-linecap": "round" });
    pen.text("theory-name", X.at(1), Y.at(result.theory[0]) + 15, "theory", "grey");
    // The other laws stay, thin, so that one sees what the choice changes.  They lie on one another
    // but for small batches: their names stand in two rows above the curves and the hand, or as a
    // column beside them.
    LAWS.forEach(([one, words, color], i) => {
      const x = early ? right + 40 : X.at(5) + (i === 2 ? 24 : 0);
      const y = Y.at(0.985 - 0.058 * (early ? i : Math.min(i, 1)));
      const chosen = one === law;
      pen.line(`law-${one}`, curve(result.laws[i]), color, { "stroke-width": 0.9 });
      pen.text(`name-${one}`, x, y, words, color, {
        "text-anchor": early ? "end" : "start",
        "font-weight": chosen ? 700 : 400,
      });
    });
    pen.line("measured", curve(result.measured), INKS[law], { "stroke-width": 1.8 });
    pen.dots("sizes", curve(result.measured), INKS[law], 4);
    return { X, Y };
  }

  function draw(pen, state, result, data) {
    const { law, noise, name, size } = state;
    const { X, Y } = pen.keep("ground", [law, noise, name], () => ground(pen, state, result, data));
    return [
      {
        key: "size",
        label: "batch size",
        color: INKS[law],
        fields: ["size", null],
        at: [X.at(size), Y.at(result.agreement)],
        to: (px) => [X.back(px), 0],
      },
    ];
  }

  offCenter.figure("regimes", { compute, draw, says });
})(globalThis.offCenter);
