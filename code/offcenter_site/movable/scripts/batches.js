// How often two entries of a batch gradient agree in sign: the library's estimates, and their limit.
"use strict";
(function (offCenter) {
  const { named, percent } = offCenter;
  const { ACTIVATIONS, moments, offsetShare, signAgreement } = offCenter.math;

  const known = new Map();
  function shareOf(name) {
    if (!known.has(name)) {
      const { mean, variance } = moments(ACTIVATIONS[name]);
      known.set(name, offsetShare(mean, variance));
    }
    return known.get(name);
  }

  // data: the batch sizes, and for each activation what the library estimated at them.
  function compute({ name, size }, data) {
    const offset = shareOf(name);
    const place = data.sizes.indexOf(size);
    return {
      agreement: data.shares[name][place],
      offset,
      limit: signAgreement(offset),
    };
  }

  function says({ name, size }, result) {
    return (
      `With ${named(name)} inputs and Gaussian noise as errors, two entries do not have opposite signs in ` +
      `${percent(result.agreement)} of the batches of ${size}; the limit for large batches is ${percent(result.limit)}.`
    );
  }

  function draw(pen, { name, size }, result, data, view) {
    const { sizes, shares } = data;
    const { X, Y } = pen.axes("a", {
      box: [46, 8, pen.width - 126, pen.height - 46],
      x: {
        from: 0.9,
        to: sizes.at(-1),
        log: true,
        ticks: [1, 4, 16, 64, 256],
        label: "batch size B",
      },
      y: {
        from: 0.44,
        to: 1.02,
        ticks: [0.5, 0.6, 0.7, 0.8, 0.9, 1].map((v) => [v, v.toFixed(1)]),
        label: "share of agreeing pairs",
      },
    });
    view.scales = { X, Y };
    if (view.hidden) return [];
    const right = X.at(sizes.at(-1));
    pen.keep("curves", name, () => {
      const curve = (which) => shares[which].map((share, i) => [X.at(sizes[i]), Y.at(share)]);
      // The curves of the printed figure stay behind, to compare with.
      const middle = Y.at(result.limit);
      for (const other of data.printed) {
        if (other === name) continue;
        pen.line(`behind-${other}`, curve(other), "grey", { "stroke-width": 0.8 });
        // Its name stands clear of the two lines of the one in use, where there is room for it.
        const y = Y.at(shares[other].at(-1));
        const lack = Math.max(0, 22 - Math.abs(y - middle)) * (y < middle ? -1 : 1);
        if (y + lack < Y.at(0.44)) pen.text(`name-${other}`, right + 5, y + lack + 4, named(other), "grey");
      }
      pen.line("limit", [[X.at(0.9), Y.at(result.limit)], [right, Y.at(result.limit)]], "blue", {
        "stroke-width": 0.8,
        "stroke-dasharray": "3 3",
      });
      pen.line("curve", curve(name), "blue");
      pen.dots("sizes", curve(name), "blue", 4);
      pen.text("name", right + 5, Y.at(result.limit) - 3, named(name), "blue");
      pen.text("limit-value", right + 5, Y.at(result.limit) + 11, `limit ${result.limit.toFixed(3)}`, "blue");
    });
    const at = [X.at(size), Y.at(result.agreement)];
    // Off the curve: below it where it rises, if the axis leaves room; and off the names on the right.
    const before = at[0] > right - 50;
    const below = result.agreement < result.limit - 0.02 && at[1] + 17 < Y.at(0.44);
    pen.text("agreement", at[0] + (before ? -12 : 12), at[1] + (below ? 15 : -10), percent(result.agreement), "orange", {
      "text-anchor": before ? "end" : "start",
    });
    return [
      {
        key: "size",
        label: "batch size",
        fields: ["size", null],
        at,
        to: (px) => [X.back(px), 0],
      },
    ];
  }

  // Where a guess is drawn: how often two entries agree at some batch sizes.
  const sketch = {
    at: [1, 4, 16, 64, 256],
    from: 0.46,
    to: 1,
    step: 0.01,
    value: 0.75,
    label: (size) => `batch size ${size}`,
  };

  offCenter.figure("batches", { compute, draw, says, sketch });
})(globalThis.offCenter);
