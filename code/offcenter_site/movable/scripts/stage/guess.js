// A guess before the truth, by two buttons.
"use strict";
(function (offCenter) {
  class Guess {
    hidden = false; // whether the truth is

    constructor(stage, root) {
      Object.assign(this, { stage, root });
      if (!root) return;
      this.answer = root.querySelector(".movable-answer");
      root.addEventListener("click", ({ target }) => {
        const button = target.closest("button");
        if (button) this.press(button);
      });
    }

    press(button) {
      const { stage, root } = this;
      for (const other of root.querySelectorAll("[data-choice]")) {
        other.setAttribute("aria-pressed", other === button);
      }
      this.tell();
      stage.live();
      // Both runs that the question is about, side by side.
      const { race } = root.dataset;
      if (race !== undefined) stage.race(race);
      else stage.say();
    }

    tell() {
      this.root.classList.add("movable-answered");
      this.stage.aside = this.answer.textContent;
    }

    forget() {
      if (!this.root) return;
      this.root.classList.remove("movable-answered");
      for (const choice of this.root.querySelectorAll("[data-choice]")) choice.ariaPressed = false;
    }

    draw() {}
  }

  Object.assign(offCenter, { Guess });
})((globalThis.offCenter ??= {}));
