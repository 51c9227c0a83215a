// Road and stride: one network written in several ways, each walking along its gradient flow.
"use strict";
(function (offCenter) {
  const { plural, show } = offCenter;
  // The slowest and the fastest have inks of their own; between them dashes tell two apart.
  const COLORS = ["orange", "grey", "grey", "blue"];
  const NAMES = 104; // the width of the names

  // Where along its flow each way is after a share of its steps: equal shares of ∫ λ/2 dt.
  function walk({ times, strides }) {
    const gone = [0];
    for (let i = 1; i < times.length; i++) {
      const pace = (1 / strides[i] + 1 / strides[i - 1]) / 2;
      gone.push(gone[i - 1] + pace * (times[i] - times[i - 1]));
    }
    return gone;
  }

  // The place between samples, as index and part, at which `gone` is so large.
  function place(gone, wanted) {
    const i = Math.max(1, gone.findIndex((value) => value >= wanted));
    return { i, part: (wanted - gone[i - 1]) / (gone[i] - gone[i - 1]) };
  }

  const between = (values, { i, part }) => values[i - 1] + part * (values[i] - values[i - 1]);

  // data: by activation its ways, each with label, times, losses, strides and measured steps.
  function compute({ name }, data) {
    const ways = data[name].map((way) => ({ ...way, gone: walk(way) }));
    // The time at which each is after `steps` of its own steps.
    const at = (way, steps) => place(way.gone, Math.min(1, steps / way.steps) * way.gone[way.gone.length - 1]);
    return { ways, at };
  }

  const length = ({ ways }) => Math.max(...ways.map(({ steps }) => steps));

  function spans(ways) {
    const ends = ways.map(({ times }) => times[times.length - 1]);
    return [Math.min(...ends), Math.max(...ends)];
  }

  // Whether all roads are one to the eye.
  function isOne(ways) {
    const [least, most] = spans(ways);
    return most < 1.05 * least;
  }

  function says(state, { ways }) {
    const counts = ways.map(({ label, steps }) => `${label.replace(" pixels", "")} in ${plural(steps, "step")}`);
    const [least, most] = spans(ways);
    const roads = isOne(ways) ? "One road" : `Roads from ${show(least)} to ${show(most)} long`;
    return `${roads}, and they arrive at different times: ${counts.join("; ")}.`.replaceAll("σ − ½", "σ\u00a0−\u00a0½");
  }

  // Two lines each, from the top, none over another.
  function apart(heights, least) {
    const order = [];
    heights.forEach((y, i) => {
      const below = order.findIndex((k) => heights[k] > y);
      order.splice(below < 0 ? order.length : below, 0, i);
    });
    const moved = [...heights];
    for (let round = 0; round < 50; round++) {
      for (let i = 1; i < order.length; i++) {
        const lack = Math.max(0, least - moved[order[i]] + moved[order[i - 1]]) / 2;
        moved[order[i - 1]] -= lack;
        moved[order[i]] += lack;
      }
    }
    return moved;
  }

  function draw(pen, state, { ways, at }, data, { time }) {
    const width = (pen.width - NAMES - 76) / 2.4;
    const height = pen.height - 58;
    const [, span] = spans(ways);
    const one = isOne(ways);
    const x = { from: 0, to: 1.03 * span, ticks: [0, Math.round(span / 20) * 10], label: "flow time" };
    const all = (key) => ways.flatMap((way) => way[key]);
    const least = Math.min(...all("losses"));
    const road = pen.axes("road", {
      box: [30, 20, width, height],
      x,
      y: { from: 0.9 * least, to: 1.1 * Math.max(...all("losses")), log: true, ticks: [0.1, 0.5, 2] },
    });
    const [low, high] = [Math.min(...all("strides")), Math.max(...all("strides"))];
    const left = 66 + width;
    const stride = pen.axes("stride", {
      box: [left, 20, 1.4 * width, height],
      x,
      y: { from: 0.8 * low, to: 1.2 * high, log: true, ticks: [0.1, 0.2, 0.5, 1, 2, 5].filter((v) => v > low && v < high) },
    });
    pen.text("road-name", 30, 12, "road: loss");
    pen.text("stride-name", left, 12, "stride: 2/λ");
    const ends = ways.map(({ strides }) => stride.Y.at(strides[strides.length - 1]));
    const names = apart(ends, 29);
    ways.forEach((way, i) => {
      const color = COLORS[ways.length === 2 ? 3 * i : i];
      const curve = ({ X, Y }, key) => way.times.map((t, k) => [X.at(t), Y.at(way[key][k])]);
      pen.line(`road${i}`, curve(road, "losses"), one ? "ink" : color, { "stroke-width": 1.2 });
      pen.line(`stride${i}`, curve(stride, "strides"), color, { "stroke-dasharray": i === 2 ? "4 2" : "none" });
      const where = at(way, time);
      const t = between(way.times, where);
      const dots = [[road, "losses"], [stride, "strides"]];
      for (const [{ X, Y }, key] of dots) {
        pen.dots(`${key}-now${i}`, [[X.at(t), Y.at(between(way[key], where))]], color, 9);
      }
      const now = Math.min(way.steps, Math.floor(time));
      const edge = left + 1.4 * width + 6;
      pen.text(`name${i}`, edge, names[i] - 3, way.label.replace(" pixels", ""), color);
      pen.text(`count${i}`, edge, names[i] + 11, plural(now, "step"), color, { "font-weight": 600 });
    });
    return [];
  }

  offCenter.figure("stride", { compute, draw, says, length });
})(globalThis.offCenter);
