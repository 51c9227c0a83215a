// Road and stride: one network written in several ways, each walking along its gradient flow.
"use strict";
(function (offCenter) {
  const { COLORS, plural, show } = offCenter;
  // The slowest and the fastest have inks of their own; between them dashes tell two apart.
  const INKS = ["orange", "grey", "grey", "blue"];
  const [LEFT, NAMES, HEAD] = [40, 104, 16]; // room for an axis, for the names, for the losses

  // Equal shares of the way are equal shares of ∫ λ/2 dt.
  function walk({ times, strides }) {
    const gone = [0];
    for (let i = 1; i < times.length; i++) {
      const pace = (1 / strides[i] + 1 / strides[i - 1]) / 2;
      gone.push(gone[i - 1] + pace * (times[i] - times[i - 1]));
    }
    return gone;
  }

  // What `ys` are where the rising `xs` are x.
  function between(xs, ys, x) {
    let low = 0;
    let high = xs.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (xs[middle] < x) low = middle;
      else high = middle;
    }
    const part = Math.min(1, Math.max(0, (x - xs[low]) / (xs[high] - xs[low])));
    return ys[low] + part * (ys[high] - ys[low]);
  }

  // data: the losses that can be the goal, the goals of the printed figure, and by activation its
  // ways, each with label, times, strides, and by loss the flow time until there and the measured
  // steps.
  function compute({ name, goal }, data) {
    const place = data.losses.indexOf(goal);
    const ways = data.ways[name].map((way) => {
      const gone = (way.gone ??= walk(way));
      const [end, steps] = [way.ends[place], way.counts[place]];
      const whole = between(way.times, gone, end);
      // The flow time after so many of the steps.
      const at = (count) => between(gone, way.times, whole * Math.min(1, count / steps));
      return { ...way, end, steps, at };
    });
    return { name, goal, ways };
  }

  // What is told of a run before is not walked again.
  const length = ({ ways }, before) => (before ? 0 : Math.max(...ways.map(({ steps }) => steps)));

  function says(state, { goal, ways }) {
    const counts = ways.map(({ label, steps }, i) => `${label} in ${i ? steps : plural(steps, "step")}`);
    const ends = ways.map(({ end }) => end);
    const [least, most] = [Math.min(...ends), Math.max(...ends)];
    const roads = most < 1.05 * least ? "One road" : `Roads from ${show(least)} to ${show(most)} long`;
    const words = `${roads} to a loss of ${goal}, in different numbers of steps: ${counts.join("; ")}.`;
    return words.replaceAll("σ − ½", "σ\u00a0−\u00a0½");
  }

  // Names from the top, none over another.
  function apart(heights, least) {
    const order = heights.map((_, i) => i).toSorted((a, b) => heights[a] - heights[b]);
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

  // The steps of each way in the run before: of raw pixels, and of what is centered most.
  function stepsBefore(ghost, { name, goal, ways }) {
    if (!ghost || (ghost.name === name && ghost.goal === goal)) return [];
    const was = ghost.ways.map(({ steps }) => steps);
    return was.length === ways.length ? was : ways.map((_, i) => (i ? i === ways.length - 1 && was.at(-1) : was[0]));
  }

  // Marks nearer than this are one gray band: then one stands for several steps, in all lanes alike.
  const NEAR = 1.4;

  const ink = (ways, i) => INKS[ways.length === 2 ? 3 * i : i];
  const dashes = (i) => ({ "stroke-dasharray": i === 2 ? "4 2" : "none" });

  const curve = ({ times, strides }, places, X, Y) => places.map((at) => [X.at(at), Y.at(between(times, strides, at))]);

  // What an activation has whatever the goal: the axes, the names, and all of each curve of strides.
  function ground(pen, ways, { goals, losses }) {
    const width = pen.width - LEFT - NAMES;
    // Two lines of words fit beside a lane.
    const lanes = Math.max(106, 0.48 * (pen.height - 40));
    const top = HEAD + lanes + 16; // room for the handle
    const longest = Math.max(...ways.map(({ times }) => times.at(-1)));
    const strides = ways.flatMap((way) => way.strides);
    const [low, high] = [Math.min(...strides), Math.max(...strides)];
    const tick = [5, 10, 50].find((size) => longest / size < 4);
    const { X, Y } = pen.axes("a", {
      box: [LEFT, top, width, pen.height - 20 - top],
      x: { from: 0, to: 1.02 * longest, ticks: [0, tick, 2 * tick, 3 * tick].filter((t) => t < longest) },
      y: {
        from: 0.8 * low,
        to: 1.2 * high,
        log: true,
        ticks: [0.1, 0.2, 0.5, 1, 2, 5].filter((v) => v > low && v < high),
        label: "stride 2/λ",
        room: 30,
      },
    });
    const edge = pen.width - NAMES + 8;
    // The nearest of all goals, so that a mark stays what it was while the goal is moved.
    const gap = Math.min(...ways.flatMap(({ ends, counts }) => ends.map((end, k) => (X.at(end) - X.at(0)) / counts[k])));
    const every = Math.ceil(NEAR / gap);
    pen.text("every", edge + 6, 10, `${plural(every, "step")} a mark`, "grey");
    pen.text("time", edge, pen.height - 6, "flow time");
    pen.text("road", 10, HEAD + lanes / 2, "road", "ink", {
      "text-anchor": "middle",
      transform: `rotate(-90 10 ${HEAD + lanes / 2})`,
    });
    pen.text("loss", LEFT, 10, "loss", "grey");
    const heights = ways.map((_, i) => HEAD + ((i + 0.5) * lanes) / ways.length);
    const names = apart(ways.map((way) => Y.at(way.strides.at(-1))), 13);
    // Where the ways are at equal losses: one road is one upright line.
    const upright = (loss, foot) => {
      const places = ways.map(({ ends }, i) => [X.at(ends[losses.indexOf(loss)]), heights[i]]);
      return [[places[0][0], HEAD - 3], ...places, [places.at(-1)[0], HEAD + lanes + foot]];
    };
    goals.forEach((loss, k) => pen.line(`goal${k}`, upright(loss, 0), "grey", { "stroke-width": 0.7 }));
    const curves = ways.map((way, i) => {
      const color = ink(ways, i);
      pen.text(`lane-name${i}`, edge, heights[i] + 11, way.label, color);
      pen.text(`name${i}`, edge, names[i] + 4, way.label, color);
      const points = curve(way, way.times, X, Y);
      pen.line(`whole${i}`, points, color, { ...dashes(i), opacity: 0.35 });
      return points;
    });
    return { X, Y, heights, edge, every, upright, curves };
  }

  // What a goal has whatever the time: returns where the marks of each way are.
  function road(pen, { ways, goal }, { goals }, { X, Y, heights, every, upright, curves }) {
    const line = upright(goal, 6);
    pen.line("goal", line, "ink", { "stroke-width": 1.4 });
    const name = (key, loss, color, options) =>
      pen.text(key, upright(loss, 0)[0][0], 10, show(loss), color, { "text-anchor": "middle", ...options });
    name("goal-name", goal, "ink", { "font-weight": 700 });
    goals.forEach((loss, k) => {
      if (Math.abs(upright(loss, 0)[0][0] - line[0][0]) > 26) name(`goal-name${k}`, loss, "grey");
    });
    return ways.map((way, i) => {
      const color = ink(ways, i);
      const { end, steps } = way;
      pen.line(`lane${i}`, [[X.at(0), heights[i]], [X.at(end), heights[i]]], color, { "stroke-width": 0.8 });
      const points = curves[i].filter((_, k) => way.times[k] < end);
      pen.line(`stride${i}`, [...points, ...curve(way, [end], X, Y)], color, dashes(i));
      return Array.from({ length: Math.floor(steps / every) }, (_, k) => X.at(way.at((k + 1) * every)).toFixed(1));
    });
  }

  function draw(pen, { name, goal }, result, data, { time, ghost }) {
    const { ways } = result;
    const there = pen.keep("ground", name, () => ground(pen, ways, data));
    const { X, Y, heights, edge, every, upright } = there;
    const marked = pen.keep("road", [name, goal], () => road(pen, result, data, there));
    const before = stepsBefore(ghost, result);
    ways.forEach((way, i) => {
      const color = ink(ways, i);
      const y = heights[i];
      const now = Math.min(way.steps, Math.floor(time));
      const t = way.at(time);
      const count = before[i] && now === way.steps ? `${before[i]} → ${now}` : plural(now, "step");
      // Behind the walker in full, before it faint.
      const passed = Math.floor(now / every);
      const strokes = (key, places, opacity) =>
        pen.put(key + i, "path", { d: places.map((x) => `M${x} ${y - 5}v10`).join(""), stroke: COLORS[color], "stroke-width": 0.9, opacity });
      strokes("rest", marked[i].slice(passed), 0.35);
      strokes("gone", marked[i].slice(0, passed));
      pen.dots(`walker${i}`, [[X.at(t), y]], color, 10);
      pen.text(`count${i}`, edge, y - 1, count, color, { "font-weight": 700 });
      pen.dots(`now${i}`, curve(way, [t], X, Y), color, 8);
    });
    const far = ways.at(-1);
    return [
      {
        key: "goal",
        label: "length of the road",
        color: "ink",
        fields: ["goal", null],
        read: (loss) => far.ends[data.losses.indexOf(loss)],
        at: upright(goal, 6).at(-1),
        to: (px) => [between(far.ends, data.losses, X.back(px)), 0],
      },
    ];
  }

  offCenter.figure("stride", { compute, draw, says, length });
})(globalThis.offCenter);
