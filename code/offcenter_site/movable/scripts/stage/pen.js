// A pen for an SVG that is kept: nodes are made once and then only changed, so an update costs the
// same however long one drags.
"use strict";
(function (offCenter) {
  const SVG = "http://www.w3.org/2000/svg";
  const { COLORS, show } = offCenter;
  const SIZE = 11; // of words, in pixels of a phone

  const fix = (number) => Math.round(100 * number) / 100;
  // A point far outside is drawn at the rim of what SVG draws well.
  const clip = (number) => fix(Math.min(1e4, Math.max(-1e4, number)));
  function trace(points) {
    let d = "";
    for (const [x, y] of points) d += `${d ? "L" : "M"}${clip(x)} ${clip(y)}`;
    return d;
  }

  const SHOWN = { display: "inline" };

  // What is set again as it was would be laid out and painted again.
  function change({ node, last }, wanted) {
    for (const which in wanted) {
      const value = wanted[which];
      if (last[which] !== value) node.setAttribute(which, (last[which] = value));
    }
  }

  function makePen(svg, name) {
    const layer = svg.appendChild(document.createElementNS(SVG, "g"));
    layer.ariaHidden = true;
    layer.setAttribute("font-size", SIZE);
    const nodes = new Map();
    const panes = new Map();
    const kept = new Map();
    let used = [];
    let round = 0;

    function use(entry) {
      entry.round = round;
      used.push(entry);
      change(entry, SHOWN);
    }

    // Its node, within that of another key where one is named.
    function put(key, tag, attributes, text, within) {
      let entry = nodes.get(key);
      if (!entry) {
        const parent = nodes.get(within)?.node ?? layer;
        entry = { node: parent.appendChild(document.createElementNS(SVG, tag)), last: {} };
        nodes.set(key, entry);
      }
      use(entry);
      change(entry, attributes);
      if (text !== undefined && entry.text !== text) {
        // The same node with other words: a new one would be styled and laid out from nothing.
        entry.words ??= entry.node.appendChild(document.createTextNode(""));
        entry.words.data = entry.text = text;
      }
      return entry.node;
    }

    const pen = {
      width: 0,
      height: 0,
      put,
      begin() {
        round++;
        used = [];
      },
      end() {
        for (const entry of nodes.values()) {
          if (entry.round !== round) change(entry, { display: "none" });
        }
      },
      // What makes a mark end at the rim of a box, as an attribute.
      clip([x, y, w, h], key = "a") {
        const id = `movable-${name}-${key}`;
        if (!panes.has(key)) {
          const shape = svg.insertBefore(document.createElementNS(SVG, "clipPath"), layer);
          shape.id = id;
          panes.set(key, { node: shape.appendChild(document.createElementNS(SVG, "rect")), last: {} });
        }
        change(panes.get(key), { x, y, width: w, height: h });
        return { "clip-path": `url(#${id})` };
      },
      line: (key, points, color, options) =>
        put(key, "path", {
          d: trace(points),
          fill: "none",
          stroke: COLORS[color],
          "stroke-width": 1.6,
          ...options,
        }),
      area: (key, points, color, options) =>
        put(key, "path", { d: `${trace(points)}Z`, fill: COLORS[color], ...options }),
      // All dots are one path of round caps, each place once: one node for any number of them.
      dots: (key, points, color, size = 4, options) =>
        put(key, "path", {
          d: [...new Set(points.map(([x, y]) => `M${clip(x)} ${clip(y)}h0`))].join(""),
          stroke: COLORS[color],
          "stroke-width": size,
          "stroke-linecap": "round",
          ...options,
        }),
      text: (key, x, y, words, color = "ink", options) =>
        put(key, "text", { x: fix(x), y: fix(y), fill: COLORS[color], ...options }, words),
      // What is drawn for the same reason as before stays, and so does what drawing it gave.
      keep(key, reason, make) {
        const words = JSON.stringify([pen.width, reason]);
        const before = kept.get(key);
        if (before?.words === words) {
          before.entries.forEach(use);
          return before.made;
        }
        const start = used.length;
        const made = make();
        kept.set(key, { words, made, entries: used.slice(start) });
        return made;
      },
      axes: (key, spec) => pen.keep(key, spec, () => axes(pen, key, spec)),
    };
    return pen;
  }

  function scale({ from, to, log }, start, length) {
    const f = log ? Math.log10 : (v) => v;
    const [a, b] = [f(from), f(to)];
    return {
      at: (v) => start + ((f(v) - a) / (b - a)) * length,
      back: (p) => {
        const v = a + ((p - start) / length) * (b - a);
        return log ? 10 ** v : v;
      },
    };
  }

  // Axes as in the printed figures: spines left and below, small ticks, labels. Returns the scales.
  // The name of the upright axis stands above it, where a phone has room.
  function axes(pen, key, { box, x, y }) {
    const [left, top, width, height] = box;
    const X = scale(x, left, width);
    const Y = scale(y, top + height, -height);
    const base = top + height;
    const middle = { "text-anchor": "middle" };
    let ticks = "";
    const worded = (tick) => (Array.isArray(tick) ? tick : [tick, show(tick)]);
    (x.ticks ?? []).map(worded).forEach(([value, words], i) => {
      ticks += `M${fix(X.at(value))} ${base}v3.5`;
      pen.text(`${key}x${i}`, X.at(value), base + 14, words, "ink", middle);
    });
    (y.ticks ?? []).map(worded).forEach(([value, words], i) => {
      ticks += `M${left} ${fix(Y.at(value))}h-3.5`;
      pen.text(`${key}y${i}`, left - 6, Y.at(value) + 3.8, words, "ink", { "text-anchor": "end" });
    });
    for (const value of y.minor ?? []) ticks += `M${left} ${fix(Y.at(value))}h-2`;
    pen.put(`${key}spines`, "path", {
      d: `M${left} ${top}V${base}H${left + width}${ticks}`,
      fill: "none",
      stroke: COLORS.grey,
      "stroke-width": 0.7,
    });
    if (x.label) pen.text(`${key}xlabel`, left + width / 2, base + 29, x.label, "ink", middle);
    if (y.label) {
      const [cx, cy] = [left - (y.room ?? 32), top + height / 2];
      const turn = { ...middle, transform: `rotate(-90 ${fix(cx)} ${fix(cy)})` };
      pen.text(`${key}ylabel`, cx, cy, y.label, "ink", turn);
    }
    return { X, Y };
  }

  Object.assign(offCenter, { change, clip, makePen });
})((globalThis.offCenter ??= {}));
