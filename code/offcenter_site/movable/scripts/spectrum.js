// The largest eigenvalues of what a layer of a language model reads, with its mean and without.
"use strict";
(function (offCenter) {
  const { percent } = offCenter;
  const LEAST = 0.0005;

  // data: by place its name, and the eigenvalues over the trace of the second moment.
  function compute({ place, centered }, data) {
    const { label, raw, centered: without } = data[place];
    return { label, raw, without, shown: centered ? without : raw };
  }

  function says({ centered }, { label, raw, without }) {
    const whole = label[0].toUpperCase() + label.slice(1);
    return centered
      ? `${whole}, mean subtracted: the first eigenvalue falls from ${percent(raw[0])} of the trace to ${percent(without[0])}.`
      : `${whole}: the first eigenvalue holds ${percent(raw[0])} of the trace, the second ${percent(raw[1])}.`;
  }

  function draw(pen, { centered }, result) {
    const count = result.raw.length;
    const { X, Y } = pen.axes("a", {
      box: [50, 10, pen.width - 62, pen.height - 48],
      x: { from: 0, to: count + 1, ticks: [1, 10, 20, count], label: "rank of the eigenvalue" },
      y: { from: LEAST, to: 1.3, log: true, ticks: [0.001, 0.01, 0.1, 1], label: "part of the trace", room: 38 },
    });
    const places = (values) => values.map((value, i) => [X.at(i + 1), Y.at(Math.max(LEAST, value))]);
    const [raw, without] = [places(result.raw), places(result.without)];
    pen.arrow("fall", raw[0], without[0], "grey", { "stroke-width": 1 });
    pen.dots("raw", raw, "orange", centered ? 4 : 8);
    pen.dots("without", without, "blue", centered ? 8 : 4);
    pen.text("raw-name", raw[0][0] + 10, raw[0][1] + 4, `${percent(result.raw[0])} with the mean`, "orange");
    const [x, y] = without[Math.min(6, count - 1)];
    pen.text("without-name", x + 8, y - 14, `${percent(result.without[0])} mean subtracted`, "blue");
    return [];
  }

  offCenter.figure("spectrum", { compute, draw, says });
})(globalThis.offCenter);
