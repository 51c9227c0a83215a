// In the place of the player, where no figure has a run: what a change leaves stays as a ghost.
"use strict";
(function (offCenter) {
  class Player {
    time = Infinity;
    ghost = null;

    get view() {
      return this;
    }

    leave(result) {
      this.ghost = result;
    }

    forget() {
      this.ghost = null;
    }

    rest() {}

    perform() {}

    show() {}
  }

  Object.assign(offCenter, { Player });
})((globalThis.offCenter ??= {}));
