// One figure that moves: { compute(state, data), draw(pen, state, result, data, view),
// says(state, result), valid?(state), length?(result, before), opens? }.  `draw` returns the handles that can
// be dragged; a figure with a run has its `length` in steps, and `view` then holds the time and the
// run before.  One that `opens` plays by itself, once when the page opens and after each change.
// Its phase is one of four: "still" (the printed figure is seen), "live" (all follows the state),
// "gliding" (numbers move to those of a preset), "settling" (the drawing, the address or the
// sentence may be behind the state).
// Libraries that were weighed, gzipped: d3-drag with what it needs 7 KB (and no keys, no sliders),
// uPlot 22 KB, Observable Plot 69 KB on top of d3's 92 KB, JSXGraph 251 KB.
"use strict";
(function (offCenter) {
  const SVG = "http://www.w3.org/2000/svg";
  const QUIET = 300; // ms without a change before the address and the spoken sentence follow
  const GLIDE = 450; // ms that a preset takes, unless less motion is wanted
  const WIDEST = 384; // units of a drawing: wider, and its words would grow with it
  const { Guess, Handles, Player, accept, address, makePen, readAddress, readField, showValue, valueOf } = offCenter;
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  const NOTHING_ASKED = { hidden: false, draw() {}, forget() {} };

  class Stage {
    constructor(root, name, figure) {
      Object.assign(this, { root, name, figure, svg: null, phase: "still", target: null, said: "", aside: "" });
      this.frame = document.getElementById(root.dataset.figure);
      this.still = this.frame?.querySelector("svg");
      if (!this.still) return;
      this.data = root.dataset.data ? JSON.parse(root.dataset.data) : null;
      this.inputs = [...root.querySelectorAll("[data-field]")];
      this.fields = Object.fromEntries(this.inputs.map((input) => [input.dataset.field, readField(input)]));
      this.defaults = Object.fromEntries(Object.entries(this.fields).map(([key, f]) => [key, f.value]));
      this.presets = [...root.querySelectorAll("[data-set], [data-merge]")].map((button) => {
        const { set, merge } = button.dataset;
        return { button, state: { ...(merge ? {} : this.defaults), ...this.parse(merge ?? set) } };
      });
      this.status = root.querySelector("[role=status]");
      this.link = this.frame.querySelector("a[data-link]");
      this.code = root.querySelector("[data-embed]");
      this.handles = new Handles(this);
      this.player = new Player(this, root);
      this.guess = Guess ? new Guess(this, this.frame.querySelector("[data-guess]")) : NOTHING_ASKED;
      this.state = readAddress(location.href, name, this.fields);
      if (!this.valid(this.state)) this.state = { ...this.defaults };
      this.listen();
      this.shown = new Map();
      this.showControls();
      this.showLink();
      root.hidden = false;
      if (this.changed(this.state)) this.live();
      else if (figure.opens && !calm()) {
        this.live(true);
        this.player.perform();
      } else this.watch();
    }

    // What can be dragged shows its handles before it is reached, to a finger too; so nothing is
    // seen to change.  The rest is as it was printed until someone moves it.
    watch() {
      if (!this.root.querySelector("[data-grab]")) return;
      const watcher = new IntersectionObserver(
        ([{ isIntersecting }]) => {
          if (!isIntersecting) return;
          watcher.disconnect();
          this.live(true);
        },
        { rootMargin: "50%" },
      );
      watcher.observe(this.frame);
    }

    // Whether the values fit together; each alone fits its field already.
    valid(state) {
      return !this.figure.valid || this.figure.valid(state);
    }

    changed(state) {
      return this.differs(state, this.defaults);
    }

    differs(one, other) {
      return Object.keys(this.fields).some((key) => one[key] !== other[key]);
    }

    // Where the state is, or is gliding to.
    get goal() {
      return this.target ?? this.state;
    }

    listen() {
      for (const input of this.inputs) {
        const key = input.dataset.field;
        input.addEventListener("input", () => this.set({ [key]: valueOf(this.fields[key], input) }));
      }
      this.root.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        const { set, merge } = button?.dataset ?? {};
        if (set !== undefined) this.glide({ ...this.defaults, ...this.parse(set) });
        else if (merge !== undefined) this.glide({ ...this.goal, ...this.parse(merge) });
        else if (button?.hasAttribute("data-reset")) this.reset();
        else if (button?.hasAttribute("data-grab")) this.grab();
      });
      // A page that is framed leads back to the book; its own address is no use to copy.
      if (!this.link.dataset.home) this.link.addEventListener("click", (event) => this.copy(event));
      this.code?.addEventListener("focus", () => this.code.select());
      // Other buttons open the link, or a menu, without a click.
      this.link.addEventListener("pointerdown", () => this.showLink());
      const { still } = this;
      still.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && this.live());
      still.addEventListener("pointerdown", () => this.live());
      addEventListener("resize", () => this.svg && this.fit() && this.update());
    }

    parse(text) {
      const query = new URLSearchParams(text);
      return Object.fromEntries([...query].map(([key, value]) => [key, accept(this.fields[key], value)]));
    }

    // Leave the phase before with what it was waiting for.
    become(phase) {
      cancelAnimationFrame(this.soon);
      clearTimeout(this.later);
      this.phase = phase;
      this.woken = false;
    }

    set(patch) {
      this.silent = false;
      this.performs ||= Boolean(this.figure.opens);
      this.depart();
      this.arrive();
      this.state = { ...this.state, ...patch };
      this.live();
      this.unsettle();
    }

    // The first change after a rest.
    depart() {
      if (this.phase === "still") this.compute();
      // A figure that has only woken has not changed yet.
      if (this.phase === "still" || this.phase === "live" || this.woken) this.player.leave(this.result);
      if (this.player.time !== Infinity) this.player.rest();
    }

    unsettle() {
      this.become("settling");
      this.soon = requestAnimationFrame(() => this.update());
    }

    // What comes during a glide starts from where it leads.
    arrive() {
      if (!this.target) return;
      this.state = this.target;
      this.target = null;
      this.unsettle();
    }

    // Numbers move to their new values, so that one sees what a preset changes.
    glide(target) {
      this.depart();
      this.arrive();
      this.live();
      const from = { ...this.state };
      this.performs = true;
      // Between whole numbers, and between those of a list, there is nothing to glide through.
      const glides = ({ kind, whole, list }) => kind === "number" && !whole && !list;
      const moving = Object.keys(target).filter((key) => glides(this.fields[key]) && from[key] !== target[key]);
      if (calm() || !moving.length) return this.set(target);
      this.become("gliding");
      this.target = target;
      const start = performance.now();
      const frame = (now) => {
        const part = Math.min(1, Math.max(0, (now - start) / GLIDE));
        if (part === 1) return this.arrive();
        const eased = part * part * (3 - 2 * part);
        this.state = { ...target };
        for (const key of moving) this.state[key] = from[key] + (target[key] - from[key]) * eased;
        this.soon = requestAnimationFrame(frame);
        this.update();
      };
      this.soon = requestAnimationFrame(frame);
    }

    reset() {
      this.set({ ...this.defaults });
      this.player.forget();
      this.guess.forget();
      this.performs = false;
      this.update();
      this.svg.remove();
      this.svg = null;
      this.handles.clear();
      this.still.classList.remove("movable-still");
      this.frame.classList.remove("movable-moved");
      this.status.textContent = this.said = "";
      this.watch();
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
        this.status.textContent = this.said = "The link to this setting is copied.";
      } catch {
        location.assign(this.link.href);
      }
    }

    // The printed run against that of a preset.
    race(query) {
      this.set({ ...this.defaults });
      this.player.ghost = this.figure.compute({ ...this.defaults, ...this.parse(query) }, this.data);
      this.performs = true;
    }

    grab() {
      this.live();
      this.svg.querySelector(".movable-handle")?.focus({ focusVisible: true });
    }

    // Put the live drawing in the place of the printed one, which stays for print.
    live(silent = false) {
      if (this.svg) {
        const woken = this.silent && !silent;
        this.silent &&= silent;
        if (woken) this.say();
        return;
      }
      this.silent = silent;
      this.svg = document.createElementNS(SVG, "svg");
      for (const { name, value } of this.still.attributes) {
        if (!/^(id|role|viewBox)$/.test(name)) this.svg.setAttribute(name, value);
      }
      this.svg.setAttribute("role", "group");
      this.svg.classList.add("movable-live");
      this.pen = makePen(this.svg, this.name);
      this.fit();
      this.still.after(this.svg);
      this.still.classList.add("movable-still");
      this.become("settling");
      this.update();
      this.woken = true;
    }

    // A drawing has as many units as pixels on a phone, so that its words are as large there.
    fit() {
      const [, , width, height] = this.still.getAttribute("viewBox").split(/[\s,]+/).map(Number);
      const seen = (this.svg.isConnected ? this.svg : this.still).getBoundingClientRect();
      const units = Math.min(WIDEST, seen.width, (seen.height * width) / height) || width;
      if (this.pen.width === units) return false;
      Object.assign(this.pen, { width: units, height: (units * height) / width });
      this.svg.setAttribute("viewBox", `0 0 ${units} ${this.pen.height}`);
      return true;
    }

    update() {
      if (!this.svg) return this.phase === "settling" && this.settle();
      this.compute();
      this.redraw();
      this.showControls();
      this.player.show();
      if (this.phase === "gliding") return;
      this.become("settling");
      this.later = setTimeout(() => this.settle(), QUIET);
    }

    // A state and its result: what is drawn before the next frame is not one of them with another.
    compute() {
      this.computed = this.state;
      this.result = this.figure.compute(this.state, this.data);
    }

    redraw() {
      const { pen, guess } = this;
      const view = { ...this.player.view, hidden: guess.hidden };
      pen.begin();
      const handles = this.figure.draw(pen, this.computed, this.result, this.data, view) ?? [];
      if (view.scales) guess.draw(pen, view.scales);
      pen.end();
      if (guess.hidden) return this.handles.clear();
      for (const handle of handles) this.handles.place(handle);
    }

    // What the words around the drawing say waits for the hand to rest: a screen reader would never
    // end, and each word would lay out the page again.
    settle() {
      this.become(this.svg ? "live" : "still");
      if (this.svg) {
        const moved = this.changed(this.goal);
        this.frame.classList.toggle("movable-moved", moved);
        // Until it is moved, the words for the printed figure are true of it.
        this.svg.ariaLabel = (moved ? this.root : this.still).ariaLabel;
        this.say();
      }
      // A preset is played, not only shown.
      if (this.svg && this.performs) this.player.perform();
      this.performs = false;
      const url = this.showLink();
      try {
        if (url.href !== location.href) history.replaceState(history.state, "", url);
      } catch {
        // Some browsers forbid this for files; the link below the figure still holds the state.
      }
    }

    say() {
      // A figure that moved by itself is not announced.
      if (this.silent) return;
      const words = this.guess.hidden
        ? "Move each point by hand or by the arrow keys, then show the truth."
        : this.figure.says(this.state, this.result);
      // Written again, the same words would be read again.
      if (words === this.said && !this.aside) return;
      this.said = words;
      this.status.textContent = words;
      if (!this.aside) return;
      // The answer to a guess is seen in its place; one voice reads it before the sentence.
      const aside = document.createElement("span");
      aside.className = "movable-aside";
      aside.textContent = `${this.aside} `;
      this.status.prepend(aside);
      this.aside = "";
    }

    showControls() {
      for (const input of this.inputs) {
        const value = this.state[input.dataset.field];
        if (this.shown.get(input) === value) continue;
        this.shown.set(input, value);
        showValue(this.fields[input.dataset.field], input, value);
      }
      for (const preset of this.presets) {
        const pressed = Object.keys(preset.state).every((key) => this.goal[key] === preset.state[key]);
        if (preset.pressed === pressed) continue;
        preset.pressed = pressed;
        preset.button.ariaPressed = pressed;
      }
    }

    // The state behind an address that is written from here.
    at(place) {
      return address(new URL(place, location.href), this.name, this.fields, this.goal);
    }

    showLink() {
      const { link, code, root } = this;
      const url = this.at(location.href);
      link.href = Object.assign(this.at(link.dataset.home ?? url), { hash: root.dataset.figure });
      if (code) {
        const title = root.ariaLabel.replace(/^.*?: /, "");
        code.value = `<iframe src="${this.at(code.dataset.embed).href.replaceAll("&", "&amp;")}" title="${title}" width="100%" height="${code.dataset.height}" loading="lazy" style="border: 0"></iframe>`;
      }
      return url;
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
})((globalThis.offCenter ??= {}));
