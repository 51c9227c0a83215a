// Road and stride: one network written in several ways, each walking along its gradient flow.
"use strict";
(function (offCenter) {
  const { plural } = offCenter;
  const COLORS = ["orange", "purple", "green", "blue"];

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

  function says(state, { ways }) {
    const counts = ways.map(({ label, steps }) => `${label.replace(" pixels", "")} in ${plural(steps, "step")}`);
    return `One road, and they arrive at different times: ${counts.join("; ")}.`;
  }

  function draw(pen, state, { ways, at }, data, { time }) {
    const head = 14 + 14 * Math.ceil(ways.length / 2);
    const width = (pen.width - 108) / 2;
    const height = pen.height - head - 58;
    const span = Math.max(...ways.map(({ times }) => times[times.length - 1]));
    const x = { from: 0, to: 1.03 * span, ticks: [0, Math.round(span / 20) * 10], label: "flow time" };
    const all = (key) => ways.flatMap((way) => way[key]);
    const least = Math.min(...all("losses"));
    const road = pen.axes("road", {
      box: [46, head + 18, width, height],
      x,
      y: { from: 0.9 * least, to: 1.1 * Math.max(...all("losses")), log: true, ticks: [0.1, 0.5, 2] },
    });
    const [low, high] = [Math.min(...all("strides")), Math.max(...all("strides"))];
    const stride = pen.axes("stride", {
      box: [46 + width + 50, head + 18, width, height],
      x,
      y: { from: 0.8 * low, to: 1.2 * high, log: true, ticks: [0.1, 0.2, 0.5, 1, 2, 5].filter((v) => v > low && v < high) },
    });
    pen.text("road-name", 46, head + 8, "loss: the road");
    pen.text("stride-name", 46 + width + 50, head + 8, "2/λ: the stride");
    ways.forEach((way, i) => {
      const color = COLORS[ways.length === 2 ? 3 * i : i];
      const curve = ({ X, Y }, key) => way.times.map((t, k) => [X.at(t), Y.at(way[key][k])]);
      // Along the common road each way has its own dashes, so that all are seen.
      pen.line(`road${i}`, curve(road, "losses"), color, { "stroke-dasharray": ["none", "6 3", "3 3", "1 3"][i] });
      pen.line(`stride${i}`, curve(stride, "strides"), color);
      const where = at(way, time);
      const t = between(way.times, where);
      const dots = [[road, "losses"], [stride, "strides"]];
      for (const [{ X, Y }, key] of dots) {
        pen.dots(`${key}-now${i}`, [[X.at(t), Y.at(between(way[key], where))]], color, 9);
      }
      const now = Math.min(way.steps, Math.floor(time));
      const words = `${way.label.replace(" pixels", "")}: ${now}`;
      pen.text(`name${i}`, i % 2 ? pen.width / 2 : 8, 12 + 14 * Math.floor(i / 2), `${words}${now === 1 ? " step" : " steps"}`, color);
    });
    return [];
  }

  offCenter.figure("stride", { compute, draw, says, length });
})(globalThis.offCenter);
