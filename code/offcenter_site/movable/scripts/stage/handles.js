// Handles: sliders for one or two fields, at places of the drawing, by mouse, finger and keys.
"use strict";
(function (offCenter) {
  const SVG = "http://www.w3.org/2000/svg";
  const { COLORS, change, clip, show, snap, stepped } = offCenter;
  // The radii that a finger finds and that an eye finds: a ring around a dot is for the hand.
  const [FINGER, RING] = [18, 10];
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

  class Handles {
    constructor(stage) {
      this.stage = stage;
      this.clear();
    }

    clear() {
      for (const { node } of this.entries?.values() ?? []) node.remove();
      this.entries = new Map();
    }

    // What a handle is named for may be no field: its `read` then gives that from the value of a
    // field and the field's place.
    place(handle) {
      const { fields, state } = this.stage;
      const entry = this.entries.get(handle.key) ?? this.make(handle);
      entry.handle = handle;
      const keys = handle.fields.filter(Boolean);
      const { min, max } = fields[keys[0]];
      const read = handle.read ?? ((value) => value);
      const ends = [read(min, 0), read(max, 0)];
      const now = keys.map((key, i) => read(state[key], i));
      change(entry, {
        transform: `translate(${clip(handle.at[0])} ${clip(handle.at[1])})`,
        color: COLORS[handle.color ?? "orange"],
        "aria-valuemin": Math.min(...ends),
        "aria-valuemax": Math.max(...ends),
        "aria-valuenow": now[0],
        "aria-valuetext": now.map((value) => show(value)).join(", "),
      });
    }

    make(handle) {
      const node = this.stage.svg.appendChild(document.createElementNS(SVG, "g"));
      const entry = { node, last: {} };
      for (const radius of [FINGER, RING, 6]) {
        node.appendChild(document.createElementNS(SVG, "circle")).setAttribute("r", radius);
      }
      node.setAttribute("class", "movable-handle");
      node.tabIndex = 0;
      node.setAttribute("role", "slider");
      node.ariaLabel = handle.label;
      node.addEventListener("pointerdown", (event) => this.drag(entry, event));
      // Chromium does not honor touch-action within an SVG: this alone keeps the page from scrolling.
      node.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
      node.addEventListener("keydown", (event) => this.nudge(entry, event));
      this.entries.set(handle.key, entry);
      return entry;
    }

    move(handle, values) {
      const { stage } = this;
      const patch = {};
      handle.fields.forEach((key, i) => key && (patch[key] = snap(stage.fields[key], values[i])));
      // What fits is asked of where a glide leads.
      const { goal } = stage;
      if (Object.keys(patch).every((key) => patch[key] === goal[key])) return true;
      const fits = stage.valid({ ...goal, ...patch });
      if (fits) stage.set(patch);
      return fits;
    }

    drag(entry, event) {
      if (event.button) return;
      event.preventDefault();
      const { node } = entry;
      // A ring would cross what stands beside the dot; keys bring it.
      node.focus({ preventScroll: true, focusVisible: false });
      node.setPointerCapture(event.pointerId);
      const inverse = this.stage.svg.getScreenCTM().inverse();
      const place = ({ clientX, clientY }) => new DOMPoint(clientX, clientY).matrixTransform(inverse);
      const start = place(event);
      const offset = [entry.handle.at[0] - start.x, entry.handle.at[1] - start.y];
      const follow = (at) => {
        const point = place(at);
        this.move(entry.handle, entry.handle.to(point.x + offset[0], point.y + offset[1]));
      };
      const release = () => {
        node.removeEventListener("pointermove", follow);
        for (const end of ["pointerup", "pointercancel"]) node.removeEventListener(end, release);
      };
      node.addEventListener("pointermove", follow);
      for (const end of ["pointerup", "pointercancel"]) node.addEventListener(end, release);
    }

    nudge(entry, event) {
      const [right, up, most = event.shiftKey ? 5 : 1] = KEYS[event.key] ?? [];
      if (right === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const { stage } = this;
      stage.arrive();
      const { handle } = entry;
      const [x, y] = handle.at;
      // Where a handle has one field, both pairs of arrows move it.
      const lone = handle.fields.filter(Boolean).length === 1;
      const upright = !handle.fields[0];
      const turned = upright ? handle.to(x, y - right - up) : handle.to(x + right + up, y);
      const [now, then] = [handle.to(x, y), lone ? turned : handle.to(x + right, y - up)];
      const first = stage.fields[handle.fields.find(Boolean)];
      const ways = then.map((value, i) => Math.sign(value - now[i]));
      const reach = (steps) =>
        handle.fields.map((key, i) => key && stepped(stage.fields[key], stage.state[key], ways[i] * steps));
      // As far as the values fit together.
      let steps = Math.min(most, Math.ceil((first.max - first.min) / first.step));
      while (steps && !this.move(handle, reach(steps))) steps--;
    }
  }

  Object.assign(offCenter, { Handles });
})((globalThis.offCenter ??= {}));
