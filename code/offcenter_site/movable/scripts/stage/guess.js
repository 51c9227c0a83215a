// A guess before the truth: by two buttons, or drawn by moving points.
"use strict";
(function (offCenter) {
  const { Handles, plural } = offCenter;

  class Guess {
    constructor(stage, root) {
      Object.assign(this, { stage, root, hidden: false, state: null });
      if (!root) return;
      this.answer = root.querySelector(".movable-answer");
      root.addEventListener("click", ({ target }) => {
        const { choice, sketch, truth } = target.closest("button")?.dataset ?? {};
        if (choice !== undefined) this.choose(target.closest("button"));
        if (sketch !== undefined) this.start();
        if (truth !== undefined) this.reveal();
      });
    }

    choose(button) {
      for (const other of this.root.querySelectorAll("[data-choice]")) {
        other.setAttribute("aria-pressed", other === button);
      }
      this.tell();
      const { stage, root } = this;
      stage.live();
      // Both runs that the question is about, side by side.
      const { race } = root.dataset;
      if (race !== undefined) stage.race(race);
      else stage.say();
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

    tell() {
      this.root.classList.add("movable-answered");
      this.stage.aside = this.answer.textContent;
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
      if (!this.root) return;
      this.root.classList.remove("movable-answered");
      for (const choice of this.root.querySelectorAll("[data-choice]")) choice.ariaPressed = false;
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

  Object.assign(offCenter, { Guess });
})((globalThis.offCenter ??= {}));
