// What the movable figures share: state, address, controls, handles, and an SVG that is kept.
// A figure is { compute(state, data), draw(pen, state, result, data), says(state, result), valid? };
// `draw` returns the handles that can be dragged.
// Libraries that were weighed, gzipped: d3-drag with what it needs 7 KB (and no keys, no sliders),
// uPlot 22 KB, Observable Plot 69 KB on top of d3's 92 KB, JSXGraph 251 KB; a whole page of ours,
// mathematics, controls and figures, is 8 to 9 KB.
"use strict";
(function (offCenter) {
  const SVG = "http://www.w3.org/2000/svg";
  const QUIET = 300; // ms without a change before the address and the spoken sentence follow
  const GLIDE = 450; // ms that a preset takes, unless less motion is wanted
  // What a key does to a handle: to the right, upward, and the steps where they are not one, or
  // five with Shift.
  const KEYS = {
    ArrowRight: [1, 0],
    ArrowLeft: [-1, 0],
    ArrowUp: [0, 1],
    ArrowDown: [0, -1],
    PageUp: [0, 1, 5],
    PageDown: [0, -1, 5],
    Home: [-1, 0, Infinity],
    End: [1, 0, Infinity],
  };

  // One of the page's colors; the theme sets the variables, the second value is the printed one.
  const COLORS = Object.fromEntries(
    Object.entries({
      ink: "#222222",
      grey: "#6b6b6b",
      light: "#c8c8c8",
      paper: "#ffffff",
      blue: "#005a9c",
      orange: "#b8450b",
      green: "#00704f",
      purple: "#8a3b7a",
    }).map(([name, hex]) => [name, `var(--${name},${hex})`]),
  );

  const SUPER = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  const power = (k) => `10${k < 0 ? "⁻" : ""}${[...String(Math.abs(k))].map((c) => SUPER[c]).join("")}`;

  // A number for people: three digits, a true minus sign.
  function show(value, digits = 3) {
    if (!Number.isFinite(value)) return "∞";
    const size = Math.abs(value);
    let text;
    if (size >= 1e6 || (size > 0 && size < 1e-3)) {
      const [mantissa, exponent] = value.toExponential(1).split("e");
      text = `${mantissa} × ${power(Number(exponent))}`;
    } else if (size >= 1000) {
      text = Math.round(value).toLocaleString("en-US");
    } else {
      text = String(Number(value.toPrecision(digits)));
    }
    return text.replace("-", "−");
  }

  // The value that `text` gives a field, or its default: nothing else can come from an address.
  function accept(field, text) {
    if (text === null) return field.value;
    if (field.kind === "switch") return text === "1" ? true : text === "0" ? false : field.value;
    if (field.kind === "choice") return field.options.includes(text) ? text : field.value;
    const value = text.trim() === "" ? NaN : Number(text);
    if (field.list) return field.list.includes(value) ? value : field.value;
    const fits = value >= field.min && value <= field.max; // false for NaN
    return fits && (!field.whole || Number.isInteger(value)) ? value : field.value;
  }

  const write = (value) => (typeof value === "boolean" ? String(Number(value)) : String(value));

  // The address of a state: only what differs from the default, behind what is not ours.
  function address(url, name, fields, state) {
    const result = new URL(url);
    for (const key of [...result.searchParams.keys()]) {
      if (key.startsWith(`${name}.`)) result.searchParams.delete(key);
    }
    for (const [key, field] of Object.entries(fields)) {
      if (state[key] !== field.value) result.searchParams.set(`${name}.${key}`, write(state[key]));
    }
    return result;
  }

  function readAddress(url, name, fields) {
    const query = new URL(url).searchParams;
    return Object.fromEntries(
      Object.entries(fields).map(([key, field]) => [key, accept(field, query.get(`${name}.${key}`))]),
    );
  }

  // A field is what an input of the page says about itself.
  function readField(input) {
    if (input.type === "checkbox") return { kind: "switch", value: input.defaultChecked };
    if (input.tagName === "SELECT") {
      const options = [...input.options];
      return {
        kind: "choice",
        options: options.map((option) => option.value),
        value: options.find((option) => option.defaultSelected).value,
      };
    }
    const { min, max, step, value, list } = input.dataset;
    return {
      kind: "number",
      min: Number(min),
      max: Number(max),
      step: Number(step),
      value: Number(value),
      whole: Number.isInteger(Number(min)) && Number(step) === 1,
      // A slider over a list of values has the place in the list as its position.
      list: list ? list.split(" ").map(Number) : null,
    };
  }

  // The place of the value in the field's list that is nearest by ratio.
  function nearest({ list }, value) {
    const distance = (v) => Math.abs(Math.log(v / value));
    return list.reduce((best, v, i) => (distance(v) < distance(list[best]) ? i : best), 0);
  }

  function snap(field, value) {
    if (field.list) return field.list[nearest(field, Math.max(value, Number.MIN_VALUE))];
    const steps = Math.round((value - field.min) / field.step);
    // Twelve places hide the rounding of the product, so that 0.3 is written as 0.3 and 0 as 0.
    return Math.min(field.max, Math.max(field.min, Number((field.min + steps * field.step).toFixed(12))));
  }

  // The value that is so many steps away.
  function stepped(field, value, steps) {
    if (!field.list) return snap(field, value + steps * field.step);
    const place = nearest(field, value) + steps;
    return field.list[Math.min(field.list.length - 1, Math.max(0, place))];
  }

  // Nodes are made once and then only changed, so an update costs the same however long one drags.
  function makePen(svg, name, width, height) {
    const layer = svg.appendChild(document.createElementNS(SVG, "g"));
    layer.setAttribute("aria-hidden", "true");
    const nodes = new Map();
    let used = new Set();

    function put(key, tag, attributes, text) {
      let entry = nodes.get(key);
      if (!entry) {
        entry = { node: layer.appendChild(document.createElementNS(SVG, tag)), last: {} };
        nodes.set(key, entry);
      }
      used.add(key);
      const wanted = { display: "inline", ...attributes };
      for (const name in wanted) {
        const value = String(wanted[name]);
        if (entry.last[name] !== value) entry.node.setAttribute(name, (entry.last[name] = value));
      }
      if (text !== undefined && entry.text !== text) entry.node.textContent = entry.text = text;
    }

    const panes = new Map();

    const pen = {
      width,
      height,
      // What makes a mark end at the rim of a box, as an attribute.
      clip([x, y, w, h], key = "a") {
        const id = `movable-${name}-${key}`;
        if (!panes.has(key)) {
          const shape = svg.insertBefore(document.createElementNS(SVG, "clipPath"), layer);
          shape.id = id;
          panes.set(key, shape.appendChild(document.createElementNS(SVG, "rect")));
        }
        const wanted = { x, y, width: w, height: h };
        for (const side in wanted) panes.get(key).setAttribute(side, wanted[side]);
        return { "clip-path": `url(#${id})` };
      },
      put,
      begin: () => (used = new Set()),
      end() {
        for (const [key, { node, last }] of nodes) {
          if (!used.has(key) && last.display !== "none") {
            node.setAttribute("display", (last.display = "none"));
          }
        }
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
        put(key, "path", { d: `${trace(points)}Z`, fill: COLORS[color], stroke: "none", ...options }),
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
        put(key, "text", { x: fix(x), y: fix(y), fill: COLORS[color], "font-size": 9, ...options }, words),
      // An arrow is one path: its shaft and an open head.
      arrow(key, [x0, y0], [x1, y1], color, options) {
        const length = Math.hypot(x1 - x0, y1 - y0);
        const size = Math.min(6, length / 2);
        const [ux, uy] = length ? [((x1 - x0) / length) * size, ((y1 - y0) / length) * size] : [0, 0];
        const side = (sign) => [x1 - ux - sign * uy * 0.5, y1 - uy + sign * ux * 0.5];
        pen.line(key, [[x0, y0], [x1, y1], side(1), [x1, y1], side(-1)], color, options);
      },
      axes: (key, spec) => axes(pen, key, spec),
    };
    return pen;
  }

  const fix = (number) => Number(number.toFixed(2));
  // A point far outside is drawn at the rim of what SVG draws well.
  const clip = (number) => fix(Math.min(1e4, Math.max(-1e4, number)));
  const trace = (points) => points.map(([x, y], i) => `${i ? "L" : "M"}${clip(x)} ${clip(y)}`).join("");

  // Axes as in the printed figures: spines left and below, small ticks, labels. Returns the scales.
  function axes(pen, key, { box, x, y }) {
    const [left, top, width, height] = box;
    const scale = ({ from, to, log }, start, length) => {
      const f = log ? Math.log10 : (v) => v;
      const [a, b] = [f(from), f(to)];
      return {
        at: (v) => start + ((f(v) - a) / (b - a)) * length,
        back: (p) => {
          const v = a + ((p - start) / length) * (b - a);
          return log ? 10 ** v : v;
        },
      };
    };
    const X = scale(x, left, width);
    const Y = scale(y, top + height, -height);
    const base = top + height;
    let ticks = "";
    (x.ticks ?? []).forEach((tick, i) => {
      const [value, words] = Array.isArray(tick) ? tick : [tick, show(tick)];
      ticks += `M${fix(X.at(value))} ${base}v3.5`;
      pen.text(`${key}x${i}`, X.at(value), base + 13, words, "ink", { "text-anchor": "middle" });
    });
    (y.ticks ?? []).forEach((tick, i) => {
      const [value, words] = Array.isArray(tick) ? tick : [tick, show(tick)];
      ticks += `M${left} ${fix(Y.at(value))}h-3.5`;
      pen.text(`${key}y${i}`, left - 6, Y.at(value) + 3.2, words, "ink", { "text-anchor": "end" });
    });
    for (const value of y.minor ?? []) ticks += `M${left} ${fix(Y.at(value))}h-2`;
    pen.put(`${key}spines`, "path", {
      d: `M${left} ${top}V${base}H${left + width}${ticks}`,
      fill: "none",
      stroke: COLORS.grey,
      "stroke-width": 0.7,
    });
    if (x.label) pen.text(`${key}xlabel`, left + width / 2, base + 25, x.label, "ink", { "text-anchor": "middle" });
    if (y.label) {
      const [cx, cy] = [10, top + height / 2];
      pen.text(`${key}ylabel`, cx, cy, y.label, "ink", {
        "text-anchor": "middle",
        transform: `rotate(-90 ${cx} ${fix(cy)})`,
      });
    }
    return { X, Y };
  }

  class Stage {
    constructor(root, name, figure) {
      Object.assign(this, { root, name, figure, svg: null, dirty: false, target: null, timer: 0 });
      this.still = document.getElementById(root.dataset.figure)?.querySelector("svg");
      if (!this.still) return;
      this.data = root.dataset.data ? JSON.parse(root.dataset.data) : null;
      this.inputs = [...root.querySelectorAll("[data-field]")];
      this.fields = Object.fromEntries(this.inputs.map((input) => [input.dataset.field, readField(input)]));
      this.defaults = Object.fromEntries(Object.entries(this.fields).map(([key, f]) => [key, f.value]));
      this.status = root.querySelector("[role=status]");
      this.link = root.querySelector("a[data-link]");
      this.state = readAddress(location.href, name, this.fields);
      if (!this.valid(this.state)) this.state = { ...this.defaults };
      this.listen();
      this.shown = new Map();
      this.showControls();
      this.showLink();
      root.hidden = false;
      if (this.changed()) this.live();
    }

    // Whether the values fit together; each alone fits its field already.
    valid(state) {
      return !this.figure.valid || this.figure.valid(state);
    }

    changed() {
      return Object.keys(this.fields).some((key) => this.state[key] !== this.defaults[key]);
    }

    listen() {
      for (const input of this.inputs) {
        const field = this.fields[input.dataset.field];
        input.addEventListener("input", () => {
          let value = input.value;
          if (field.kind === "switch") value = input.checked;
          if (field.kind === "number") value = field.list ? field.list[value] : Number(value);
          this.set({ [input.dataset.field]: value });
        });
      }
      this.root.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        const { set, merge } = button?.dataset ?? {};
        if (set) this.glide({ ...this.defaults, ...this.parse(set) });
        else if (merge) this.glide({ ...(this.target ?? this.state), ...this.parse(merge) });
        else if (button?.hasAttribute("data-reset")) this.reset();
        else if (button?.hasAttribute("data-grab")) this.grab();
      });
      this.link.addEventListener("click", (event) => this.copy(event));
      // Other buttons open the link, or a menu, without a click.
      this.link.addEventListener("pointerdown", () => this.showLink());
      this.still.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && this.live());
      this.still.addEventListener("pointerdown", () => this.live());
    }

    parse(text) {
      const query = new URLSearchParams(text);
      return Object.fromEntries([...query].map(([key, value]) => [key, accept(this.fields[key], value)]));
    }

    set(patch) {
      this.arrive();
      Object.assign(this.state, patch);
      this.live();
      this.schedule();
    }

    // What comes during a glide starts from where it leads.
    arrive() {
      if (!this.target) return;
      cancelAnimationFrame(this.gliding);
      this.state = this.target;
      this.target = null;
      this.schedule();
    }

    // Numbers move to their new values, so that one sees what a preset changes.
    glide(target) {
      this.arrive();
      this.live();
      const from = { ...this.state };
      const moving = Object.keys(target).filter(
        (key) => this.fields[key].kind === "number" && !this.fields[key].whole && from[key] !== target[key],
      );
      if (matchMedia("(prefers-reduced-motion: reduce)").matches || !moving.length) return this.set(target);
      this.unsettle();
      this.target = target;
      const start = performance.now();
      const frame = (now) => {
        const part = Math.min(1, Math.max(0, (now - start) / GLIDE));
        if (part === 1) return this.arrive();
        const eased = part * part * (3 - 2 * part);
        this.state = { ...target };
        for (const key of moving) this.state[key] = from[key] + (target[key] - from[key]) * eased;
        this.gliding = requestAnimationFrame(frame);
        this.update();
      };
      this.gliding = requestAnimationFrame(frame);
    }

    reset() {
      this.set({ ...this.defaults });
      this.update();
      this.svg.remove();
      this.svg = null;
      this.still.classList.remove("movable-still");
      this.status.textContent = "";
    }

    async copy(event) {
      // All follows at once, so that no later sentence takes the place of "copied".
      this.arrive();
      this.update();
      this.settle();
      // Without a clipboard the link is followed, and the address bar then holds it.
      if (!navigator.clipboard) return;
      event.preventDefault();
      try {
        await navigator.clipboard.writeText(this.link.href);
        this.status.textContent = "The link to this setting is copied.";
      } catch {
        location.assign(this.link.href);
      }
    }

    grab() {
      this.live();
      this.svg.querySelector(".movable-handle")?.focus();
    }

    // Put the live drawing in the place of the printed one, which stays for print.
    live() {
      if (this.svg) return;
      const [, , width, height] = this.still.getAttribute("viewBox").split(/[\s,]+/).map(Number);
      this.svg = document.createElementNS(SVG, "svg");
      for (const { name, value } of this.still.attributes) {
        if (!/^(id|role|aria-.*|viewBox)$/.test(name)) this.svg.setAttribute(name, value);
      }
      this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      this.svg.setAttribute("role", "group");
      this.svg.setAttribute("aria-label", this.root.getAttribute("aria-label"));
      this.svg.classList.add("movable-live");
      this.pen = makePen(this.svg, this.name, width, height);
      this.handles = new Map();
      this.still.after(this.svg);
      this.still.classList.add("movable-still");
      this.update();
    }

    // From here until `settle`, the drawing, the address or the sentence may be behind the state.
    unsettle() {
      this.settled = false;
      clearTimeout(this.timer);
    }

    schedule() {
      this.unsettle();
      if (this.dirty) return;
      this.dirty = true;
      requestAnimationFrame(() => this.dirty && this.update());
    }

    update() {
      this.dirty = false;
      if (!this.svg) return;
      const result = this.figure.compute(this.state, this.data);
      this.pen.begin();
      const handles = this.figure.draw(this.pen, this.state, result, this.data) ?? [];
      this.pen.end();
      for (const handle of handles) this.place(handle);
      this.showControls();
      this.result = result;
      // The first sentence comes at once; later ones wait, or a screen reader would never end.
      if (!this.status.textContent) this.say();
      this.unsettle();
      if (!this.target) this.timer = setTimeout(() => this.settle(), QUIET);
    }

    settle() {
      clearTimeout(this.timer);
      this.settled = true;
      if (this.svg) this.say();
      const url = this.showLink();
      try {
        if (url.href !== location.href) history.replaceState(history.state, "", url);
      } catch {
        // Some browsers forbid this for files; the link below the figure still holds the state.
      }
    }

    say() {
      this.status.textContent = this.figure.says(this.state, this.result);
    }

    showControls() {
      for (const input of this.inputs) {
        const field = this.fields[input.dataset.field];
        const value = this.state[input.dataset.field];
        if (this.shown.get(input) === value) continue;
        this.shown.set(input, value);
        if (field.kind === "switch") input.checked = value;
        else if (field.kind === "choice") input.value = value;
        else if (input.type === "range") {
          input.value = field.list ? nearest(field, value) : value;
          const words = show(value);
          input.setAttribute("aria-valuetext", words);
          input.nextElementSibling.textContent = words;
        }
      }
    }

    showLink() {
      const url = address(location.href, this.name, this.fields, this.target ?? this.state);
      this.link.href = Object.assign(new URL(url), { hash: this.root.dataset.figure });
      return url;
    }

    // A handle is a slider for one or two fields, at a place of the drawing.  If what it is named
    // for is no field, its `read` gives that from the value of a field and the field's place.
    place(handle) {
      let entry = this.handles.get(handle.key);
      if (!entry) {
        entry = { node: this.svg.appendChild(document.createElementNS(SVG, "g")) };
        const { node } = entry;
        for (const radius of [14, 5.5]) {
          node.appendChild(document.createElementNS(SVG, "circle")).setAttribute("r", radius);
        }
        node.setAttribute("class", "movable-handle");
        node.setAttribute("tabindex", 0);
        node.setAttribute("role", "slider");
        node.setAttribute("aria-label", handle.label);
        node.addEventListener("pointerdown", (event) => this.drag(entry, event));
        node.addEventListener("keydown", (event) => this.nudge(entry, event));
        this.handles.set(handle.key, entry);
      }
      entry.handle = handle;
      const keys = handle.fields.filter(Boolean);
      const { min, max } = this.fields[keys[0]];
      const read = handle.read ?? ((value) => value);
      const ends = [read(min, 0), read(max, 0)];
      const now = keys.map((key, i) => read(this.state[key], i));
      const wanted = {
        transform: `translate(${clip(handle.at[0])} ${clip(handle.at[1])})`,
        color: COLORS[handle.color ?? "orange"],
        "aria-valuemin": Math.min(...ends),
        "aria-valuemax": Math.max(...ends),
        "aria-valuenow": now[0],
        "aria-valuetext": now.map((value) => show(value)).join(", "),
      };
      for (const name in wanted) {
        const value = String(wanted[name]);
        if (entry.node.getAttribute(name) !== value) entry.node.setAttribute(name, value);
      }
    }

    move(handle, values) {
      const patch = {};
      handle.fields.forEach((key, i) => key && (patch[key] = snap(this.fields[key], values[i])));
      // What fits is asked of where a glide leads.
      const fits = this.valid({ ...(this.target ?? this.state), ...patch });
      if (fits) this.set(patch);
      return fits;
    }

    drag(entry, event) {
      if (event.button) return;
      event.preventDefault();
      entry.node.focus({ preventScroll: true });
      entry.node.setPointerCapture(event.pointerId);
      const inverse = this.svg.getScreenCTM().inverse();
      const place = ({ clientX, clientY }) => new DOMPoint(clientX, clientY).matrixTransform(inverse);
      const start = place(event);
      const offset = [entry.handle.at[0] - start.x, entry.handle.at[1] - start.y];
      const follow = (at) => {
        const point = place(at);
        this.move(entry.handle, entry.handle.to(point.x + offset[0], point.y + offset[1]));
      };
      const release = () => {
        entry.node.removeEventListener("pointermove", follow);
        for (const end of ["pointerup", "pointercancel"]) entry.node.removeEventListener(end, release);
      };
      entry.node.addEventListener("pointermove", follow);
      for (const end of ["pointerup", "pointercancel"]) entry.node.addEventListener(end, release);
    }

    nudge(entry, event) {
      const [right, up, most = event.shiftKey ? 5 : 1] = KEYS[event.key] ?? [];
      if (right === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      this.arrive();
      const { handle } = entry;
      const [x, y] = handle.at;
      // Where a handle has one field, both pairs of arrows move it.
      const lone = handle.fields.filter(Boolean).length === 1;
      const [now, then] = [handle.to(x, y), lone ? handle.to(x + right + up, y) : handle.to(x + right, y - up)];
      const first = this.fields[handle.fields.find(Boolean)];
      const ways = then.map((value, i) => Math.sign(value - now[i]));
      const reach = (steps) =>
        handle.fields.map((key, i) => key && stepped(this.fields[key], this.state[key], ways[i] * steps));
      // As far as the values fit together.
      let steps = Math.min(most, Math.ceil((first.max - first.min) / first.step));
      while (steps && !this.move(handle, reach(steps))) steps--;
    }
  }

  offCenter.stages = [];
  offCenter.figures = {};
  offCenter.figure = function (name, figure) {
    offCenter.figures[name] = figure;
    for (const root of document.querySelectorAll(`[data-movable="${name}"]`)) {
      offCenter.stages.push(new Stage(root, name, figure));
    }
  };
  Object.assign(offCenter, { COLORS, accept, address, power, readAddress, show });
})((globalThis.offCenter ??= {}));
