// The time of a figure that has a run: play, pause, step, scrub; and the run before, as a ghost.
"use strict";
(function (offCenter) {
  const PACE = 70; // ms for a step of a short run
  const LONGEST = 5000; // ms for any run
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  class Player {
    constructor(stage, root) {
      // A slider says its step in the same words, and is no button.
      const part = (name) => root.querySelector(`.movable-player [data-${name}]`);
      Object.assign(this, { stage, time: Infinity, playing: false, ghost: null, pinned: false });
      [this.button, this.stepper, this.scrub, this.pin] = ["play", "step", "scrub", "pin"].map(part);
      this.button?.addEventListener("click", () => this.toggle());
      this.stepper?.addEventListener("click", () => this.step());
      this.scrub?.addEventListener("input", () => this.seek(Number(this.scrub.value)));
      this.pin?.addEventListener("click", () => this.hold());
    }

    // A step that is shown whole has no end of its own: Infinity is the end of whatever run.
    get length() {
      const { figure, result } = this.stage;
      return Math.max(figure.length(result), this.ghost ? figure.length(this.ghost, true) : 0);
    }

    get view() {
      return { time: this.time, ghost: this.ghost };
    }

    // Play a run that is new to the reader, unless less motion is wanted.
    perform() {
      if (!this.button || calm()) return;
      this.time = 0;
      this.play();
    }

    toggle() {
      this.stage.live();
      if (this.playing) return this.pause();
      if (this.time >= this.length) this.time = 0;
      this.play();
    }

    play() {
      cancelAnimationFrame(this.frame);
      this.playing = true;
      let last = null;
      const frame = (now) => {
        const { length } = this;
        if (last !== null) this.time += ((now - last) * length) / Math.min(LONGEST, length * PACE);
        last = now;
        if (this.time >= length) return this.rest();
        this.draw();
        this.frame = requestAnimationFrame(frame);
      };
      this.frame = requestAnimationFrame(frame);
      this.show();
    }

    pause() {
      cancelAnimationFrame(this.frame);
      this.playing = false;
      this.show();
    }

    // The whole run is shown.
    rest() {
      this.time = Infinity;
      this.pause();
      this.draw();
    }

    step() {
      this.stage.live();
      this.seek(this.time >= this.length ? 1 : Math.floor(this.time) + 1);
    }

    seek(time) {
      this.stage.live();
      this.time = time >= this.length ? Infinity : time;
      this.pause();
      this.draw();
    }

    draw() {
      if (this.stage.svg) this.stage.redraw();
      this.show();
    }

    // What a change leaves stays as a ghost, or the run that was pinned.
    leave(result) {
      if (!this.pinned) this.ghost = result;
    }

    hold() {
      this.stage.live();
      this.pinned = !this.pinned;
      this.ghost = this.pinned ? this.stage.result : null;
      this.draw();
    }

    forget() {
      Object.assign(this, { ghost: null, pinned: false });
      this.rest();
    }

    show() {
      if (!this.button) return;
      const words = this.playing ? "Pause" : "Play";
      if (this.button.textContent !== words) this.button.textContent = words;
      const pinned = String(this.pinned);
      if (this.pin && this.pin.ariaPressed !== pinned) this.pin.ariaPressed = pinned;
      if (!this.scrub || !this.stage.result) return;
      const { length } = this;
      const now = Math.floor(Math.min(this.time, length));
      // Set again, the same words would be laid out again.
      const where = `step ${now} of ${length}`;
      if (this.scrub.ariaValueText === where) return;
      this.scrub.ariaValueText = where;
      this.scrub.max = length;
      this.scrub.value = now;
      this.scrub.nextElementSibling.textContent = now;
    }
  }

  Object.assign(offCenter, { Player });
})((globalThis.offCenter ??= {}));
