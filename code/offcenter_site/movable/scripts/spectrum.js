// The largest eigenvalues of what a layer of a language model reads, as its mean is taken away.
"use strict";
(function (offCenter) {
  const { COLORS, percent, show } = offCenter;
  const COUNT = 12;
  const BAR = 0.36; // half of the width of a bar, in ranks

  // The eigenvalue of diag(d) + w·zzᵀ of each rank from 0, and what w·zzᵀ adds to it.  Between d of
  // its rank and the d before, 1 − w Σ z²/(λ − d) grows through 0; λ is counted from d of its rank.
  function eigenvalue({ variances, squares }, w, rank) {
    const floor = variances[rank];
    let low = 0;
    let high = rank ? variances[rank - 1] - floor : w * squares.reduce((a, b) => a + b);
    // Each round halves what is left, at last to far less than a number here can tell.
    for (let round = 0; round < 48; round++) {
      const middle = (low + high) / 2;
      let sum = 0;
      for (let k = 0; k < squares.length; k++) sum += squares[k] / (middle + (floor - variances[k]));
      if (w * sum > 1) low = middle;
      else high = middle;
    }
    let steep = 0;
    for (let k = 0; k < squares.length; k++) steep += squares[k] / (high + (floor - variances[k])) ** 2;
    return { value: floor + high, part: w && high ? 1 / (w * steep) : 0 };
  }

  function spectrum(there, kept) {
    const found = Array.from({ length: COUNT }, (_, rank) => eigenvalue(there, kept * kept, rank));
    return { values: found.map(({ value }) => value), parts: found.map(({ part }) => part) };
  }

  // With the whole mean a place is computed once.
  const whole = new WeakMap();
  function raw(there) {
    if (!whole.has(there)) whole.set(there, spectrum(there, 1).values);
    return whole.get(there);
  }

  // data: by place its name, variances along their directions, and the squares of the mean along
  // them, over the trace of the second moment.
  function compute({ place, mean }, data) {
    const there = data[place];
    const share = there.squares.reduce((a, b) => a + b);
    return {
      label: there.label,
      share,
      left: mean * mean * share,
      ...spectrum(there, mean),
      raw: raw(there),
      without: there.variances.slice(0, COUNT),
    };
  }

  function says({ mean }, { label, share, left, values, raw: most, without }) {
    const name = label[0].toUpperCase() + label.slice(1);
    const [first] = values.map(percent);
    if (mean === 1) {
      return `${name}: the mean adds ${percent(share)} of the trace. The largest eigenvalue holds ${first}, the second ${percent(values[1])}.`;
    }
    if (mean === 0) {
      return `${name}, mean subtracted: ${percent(share)} of the trace is taken away. The largest eigenvalue falls from ${percent(most[0])} to ${percent(without[0])}.`;
    }
    return `${name}, with ${show(mean)} of the mean: ${percent(share - left)} of the trace is taken away. The largest eigenvalue falls from ${percent(most[0])} to ${first}.`;
  }

  function draw(pen, { place, mean }, result, data) {
    const { values, parts, raw: most, without } = result;
    const [left, top, width, height] = [54, 8, pen.width - 62, pen.height - 46];
    // The first bar can be pulled as far at each place.
    const roof = Math.max(0.25, 1.1 * most[0]);
    const tick = roof > 0.4 ? 25 : 10;
    const ticks = [0, 1, 2, 3, 4].map((k) => k * tick).filter((v) => v < 100 * roof);
    const { X, Y } = pen.axes("a", {
      box: [left, top, width, height],
      x: { from: 0.3, to: COUNT + 0.7, ticks: [1, 4, 8, 12], label: "rank of the eigenvalue" },
      y: {
        from: 0,
        to: roof,
        ticks: ticks.map((v) => [v / 100, v ? `${v} %` : "0"]),
        label: "part of the trace",
        room: 42,
      },
    });
    const bar = (rank, from, to) => {
      const [x0, x1, y0, y1] = [X.at(rank + 1 - BAR), X.at(rank + 1 + BAR), Y.at(from), Y.at(to)];
      return `M${x0} ${y0}V${y1}H${x1}V${y0}z`;
    };
    const varies = values.map((value, rank) => value - parts[rank]);
    // What was taken away stays as a trace.
    const pale = { fill: COLORS.orange, "fill-opacity": 0.12, stroke: COLORS.orange, "stroke-dasharray": "3 2" };
    pen.put("taken", "path", { d: bar(0, 0, most[0]), ...pale });
    pen.put("varies", "path", { d: varies.map((value, rank) => bar(rank, 0, value)).join(""), fill: COLORS.blue });
    pen.put("mean", "path", {
      d: parts.map((part, rank) => bar(rank, varies[rank], values[rank])).join(""),
      fill: COLORS.orange,
    });
    const rest = Y.at(without[0]);
    pen.line("without", [[X.at(0.5), rest], [X.at(4.4), rest]], "blue", { "stroke-width": 0.9, "stroke-dasharray": "3 2" });
    // Off the ring around the handle.
    const x = X.at(1) + 14;
    const now = Y.at(values[0]);
    // What is nearly as high has the words of the bar itself, or they would lie over one another.
    const apart = (y, end) => mean === end || Math.abs(y - now) > 18;
    if (apart(Y.at(most[0]), 1)) pen.text("raw", x, Y.at(most[0]) + 4, `${percent(most[0])} with the mean`, "orange");
    const short = without[0] > 0.37 * roof ? "" : " without"; // high up there are other words
    if (apart(rest, 0)) pen.text("least", x, rest - 4, percent(without[0]) + short, "blue");
    const over = Math.abs(rest - now) < 14 ? rest - 4 : now + 4; // off the dashed line
    if (mean > 0 && mean < 1) pen.text("now", x, over, percent(values[0]), "ink", { "font-weight": 700 });
    // The three are the whole trace; the first is what the reader moves.
    const rows = [
      [0, result.left, "from the mean", "orange", { "font-size": 19 }],
      [20, result.share - result.left, "taken away", "orange"],
      [36, 1 - result.share, "from what varies", "blue"],
    ];
    // They stand below the words of the pale bar, or above those of a low one.
    const [column, first] = [left + width - 98, Y.at(most[0] > 0.66 * roof ? most[0] - 0.21 * roof : 0.9 * roof)];
    for (const [down, share, words, color, size] of rows) {
      pen.text(words, column, first + down, words, color);
      const bold = { "text-anchor": "end", "font-weight": 700, ...size };
      pen.text(`${words} number`, column - 5, first + down, percent(share), color, bold);
    }
    return [
      {
        key: "mean",
        label: "part of the mean kept, by the first bar",
        fields: [null, "mean"],
        at: [X.at(1), now],
        // The first eigenvalue grows with the mean.
        to(px, py) {
          let [low, high] = [0, 1];
          for (let round = 0; round < 20; round++) {
            const middle = (low + high) / 2;
            if (eigenvalue(data[place], middle * middle, 0).value < Y.back(py)) low = middle;
            else high = middle;
          }
          return [0, high];
        },
      },
    ];
  }

  offCenter.figure("spectrum", { compute, draw, says });
})(globalThis.offCenter);
