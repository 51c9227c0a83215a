// A guess that can be drawn, too, by moving points.
"use strict";
(function (offCenter) {
  const { Guess, Handles, plural } = offCenter;

  class Sketch extends Guess {
    state = null;

    press(button) {
      const { choice, sketch, truth } = button.dataset;
      if (choice !== undefined) super.press(button);
      if (sketch !== undefined) this.start();
      if (truth !== undefined) this.reveal();
    }

    // The reader draws: some points, each a handle at its place along the axis; the truth is hidden.
    start() {
      const { stage } = this;
      const { at, from, to, step, value, list } = stage.figure.sketch;
      stage.live();
      const fields = at.map((_, i) => [`p${i}`, { kind: "number", min: from, max: to, step, value, list }]);
      this.fields = Object.fromEntries(fields);
      this.state ??= Object.fromEntries(fields.map(([key]) => [key, value]));
      this.handles ??= new Handles(this);
      this.hidden = true;
      this.root.classList.add("movable-sketching");
      stage.redraw();
      stage.say();
      this.svg.querySelector(".movable-handle[aria-label^='guess']")?.focus({ preventScroll: true });
    }

    reveal() {
      this.hidden = false;
      this.root.classList.remove("movable-sketching");
      this.tell();
      this.stage.live();
      this.stage.redraw();
      this.stage.say();
    }

    // What the handles of a guess need of a stage.
    get svg() {
      return this.stage.svg;
    }

    get goal() {
      return this.state;
    }

    valid() {
      return true;
    }

    arrive() {}

    set(patch) {
      Object.assign(this.state, patch);
      this.stage.redraw();
    }

    forget() {
      super.forget();
      if (!this.handles) return;
      this.handles.clear();
      this.state = null;
      this.hidden = false;
      this.root.classList.remove("movable-sketching");
    }

    // Over the figure, whose scales `draw` has left in its view.
    draw(pen, { X, Y }) {
      if (!this.state) return;
      const { at, label } = this.stage.figure.sketch;
      const points = at.map((x, i) => [X.at(x), Y.at(this.state[`p${i}`])]);
      pen.line("guess", points, "purple", { "stroke-dasharray": "5 3" });
      const [x, y] = points[points.length - 1];
      pen.text("guess-name", x - 8, y - 12, "your guess", "purple", { "text-anchor": "end" });
      if (!this.hidden) return this.handles.clear();
      points.forEach((point, i) =>
        this.handles.place({
          key: `p${i}`,
          label: `guess at ${label(at[i])}, point ${i + 1} of ${plural(at.length, "point")}`,
          color: "purple",
          fields: [null, `p${i}`],
          at: point,
          to: (_, py) => [0, Y.back(py)],
        }),
      );
    }
  }

  Object.assign(offCenter, { Guess: Sketch });
})((globalThis.offCenter ??= {}));
