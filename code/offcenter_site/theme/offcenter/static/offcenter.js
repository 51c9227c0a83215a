// Everything here is a convenience; the page reads without it.
"use strict";
(() => {
  const root = document.documentElement;

  // The button turns the theme over, here and in other tabs.  A choice that is the system's own is
  // not kept, so that the page follows the system again.
  const KEY = "offcenter-theme";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const button = document.querySelector(".theme-button");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
  const show = () => {
    button.textContent = isDark() ? "Light" : "Dark";
    button.setAttribute("aria-label", `${button.textContent} theme`);
  };
  button.addEventListener("click", () => {
    const next = !isDark();
    root.dataset.theme = next === dark.matches ? "" : next ? "dark" : "light";
    try {
      if (root.dataset.theme) localStorage.setItem(KEY, root.dataset.theme);
      else localStorage.removeItem(KEY);
    } catch { /* a browser that keeps nothing */ }
    show();
  });
  addEventListener("storage", ({ key, newValue }) => {
    if (key !== KEY) return;
    root.dataset.theme = newValue ?? "";
    show();
  });
  dark.addEventListener("change", show);
  show();

  // What moved to another page leads on to its place there.
  const follow = () => {
    const moved = document.getElementById(decodeURIComponent(location.hash.slice(1)))?.closest(".moved");
    if (moved) location.replace(moved.querySelector("a").href.replace(/#.*/, "") + location.hash);
  };
  addEventListener("hashchange", follow);
  follow();

  // In a list of headings the name of the permanent link would stand behind each.
  for (const { parentElement: heading } of document.querySelectorAll(":is(h1, h2, h3, h4) > .headerlink")) {
    if (!heading.querySelector("math, code")) heading.setAttribute("aria-label", heading.textContent.slice(0, -1));
  }

  // The contents show this page, and in it the section in view.
  const contents = document.getElementById("contents");
  const here = contents.querySelector("[aria-current=page]");
  // On a phone they are closed, and to ask where something is would lay out the page once more.
  const center = () => { if (here && (contents.checkVisibility?.() ?? true)) contents.scrollTop += here.getBoundingClientRect().top - contents.getBoundingClientRect().top - contents.clientHeight / 3; };
  center();
  contents.addEventListener("toggle", center);
  // A link of the contents that leads to a place in this page closes them.
  contents.addEventListener("click", (event) => {
    if (event.target.closest("a") && contents.matches(":popover-open")) contents.hidePopover();
  });
  const links = [...contents.querySelectorAll("[aria-current=page] ~ ul a[href^='#']")];
  const places = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
  const locate = () => {
    const now = places.findLastIndex((place) => place?.getBoundingClientRect().top < innerHeight / 3);
    links.forEach((link, i) => (i === now ? link.setAttribute("aria-current", "location") : link.removeAttribute("aria-current")));
  };
  // Whoever reports what is wrong need not say in which section.
  const report = document.querySelector(".report");
  report?.addEventListener("click", () => {
    const address = new URL(report.href), { searchParams: words } = address;
    const section = contents.querySelector("[aria-current=location]");
    words.set("body", words.get("body").replace(/Section:.*/, `Section: ${section?.textContent ?? ""}`));
    report.href = address;
  });
  if (links.length) {
    const watch = new IntersectionObserver(locate, { rootMargin: "0px 0px -66% 0px" });
    places.forEach((place) => place && watch.observe(place));
  }

  // Formulas are copied as TeX, code without its prompts.
  addEventListener("copy", (event) => {
    const chosen = getSelection();
    if (chosen.isCollapsed || !event.clipboardData) return;
    const range = chosen.getRangeAt(0);
    const { commonAncestorContainer: inner } = range, around = inner.closest ? inner : inner.parentElement;
    const formula = around.closest("math");
    if (formula) range.selectNode(formula);
    const copy = document.createElement("div");
    copy.append(range.cloneContents());
    const formulas = copy.querySelectorAll("math"), drawings = copy.querySelectorAll("svg");
    const extras = copy.querySelectorAll(".gp, .copy, .headerlink, .claim-mark, .check, .movable");
    if (!formulas.length && !extras.length && !drawings.length) return;
    for (const math of formulas) {
      const sign = math.getAttribute("display") === "block" ? "$$" : "$";
      math.replaceWith(sign + math.getAttribute("alttext") + sign);
    }
    extras.forEach((extra) => extra.remove());
    event.clipboardData.setData("text/html", copy.innerHTML);
    // In a text a drawing is what it says, not the numbers at its ticks.
    drawings.forEach((drawing) => drawing.replaceWith(drawing.ariaLabel ?? ""));
    // Only what is laid out has line breaks.
    copy.style.cssText = "position:fixed;left:-200vw;white-space:" + getComputedStyle(around).whiteSpace;
    document.body.append(copy);
    event.clipboardData.setData("text/plain", copy.innerText);
    copy.remove();
    event.preventDefault();
  });

  // "/" opens the search.
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest?.("input:not([type=range], [type=checkbox]), select, textarea")) return;
    event.preventDefault();
    const field = document.querySelector("form.search input");
    if (field) field.select();
    else document.querySelector(".search-link").click();
  });

  // What is wider than its box can be reached by keyboard, and only that.
  const boxes = ".math-scroll, .table-scroll, pre";
  const names = { "math-scroll": "Wide formula", "table-scroll": "Wide table" };
  const mark = () => {
    // What is folded would be laid out to be measured: it is when it opens, since the page then grows.
    const found = [...document.querySelectorAll(boxes)].filter((box) => !box.closest(".cite, .preview, details:not([open])"));
    const wide = found.map((box) => box.scrollWidth > box.clientWidth);
    found.forEach((box, i) => {
      if (wide[i] === box.hasAttribute("tabindex")) return;
      if (wide[i]) {
        box.tabIndex = 0;
        box.setAttribute("role", "region");
        box.setAttribute("aria-label", `${names[box.className] ?? "Wide code"}, scrolls`);
      } else ["tabindex", "role", "aria-label"].forEach((name) => box.removeAttribute(name));
    });
  };
  let waiting = 0;
  const soonMark = () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(mark); };
  new ResizeObserver(soonMark).observe(document.querySelector("main"));
  document.fonts.ready.then(soonMark);

  for (const block of document.querySelectorAll("main div.highlight")) {
    const copy = document.createElement("button");
    copy.type = "button";
    copy.className = "copy";
    copy.textContent = "Copy";
    copy.addEventListener("click", async () => {
      const prompt = block.querySelector(".gp");
      const lines = block.querySelector("pre").textContent.trimEnd().split("\n");
      const code = prompt ? lines.filter((l) => /^(>>>|\.\.\.|\$) ?/.test(l)).map((l) => l.replace(/^(>>>|\.\.\.|\$) ?/, "")) : lines;
      try {
        await navigator.clipboard.writeText(code.join("\n") + "\n");
        copy.textContent = "Copied";
      } catch { copy.textContent = "Not allowed"; }
      copy.classList.add("done");
      setTimeout(() => { copy.textContent = "Copy"; copy.classList.remove("done"); }, 1500);
    });
    block.append(copy);
  }

  // The check of an exercise: the page holds a hash of the answer (`practice.py` says how it is made).
  for (const form of document.querySelectorAll(".check")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = form.querySelector("input, select").value.trim().replaceAll("−", "-");
      const [over, under = 1, more] = text.split("/").map(Number);
      const number = more === undefined ? over / under : NaN;
      const answer = text && Number.isFinite(number) ? String(Number(number.toPrecision(3)) + 0) : text.toLowerCase().split(/\s+/).join(" ");
      let state = 0x811c9dc5;
      for (const byte of new TextEncoder().encode(`${form.dataset.salt} ${answer}`)) state = Math.imul(state ^ byte, 0x01000193) >>> 0;
      form.querySelector("[role=status]").textContent = state.toString(16).padStart(8, "0") === form.dataset.digest ? "Right." : "Not that.";
    });
  }

  // Previews: what a reference points at, on hover and on focus.  A tap goes there at once.
  if (!HTMLElement.prototype.hasOwnProperty("popover")) return;
  const box = document.createElement("div");
  box.className = "preview";
  box.id = "preview";
  box.setAttribute("role", "tooltip");
  box.popover = "manual";
  document.body.append(box);
  const pages = new Map();
  let shown = null, timer = 0, finger = false;

  // What is parsed here is held to the policy of this page, which knows no styles of others.
  const parse = (text) => {
    if (!text) return null;
    const other = new DOMParser().parseFromString(text.replace(/<style>.*?<\/style>/gs, ""), "text/html");
    other.mathFont = /url\("(data:font[^"]*)"\)/.exec(text)?.[1];
    return other;
  };

  const page = (url) => {
    const key = url.origin + url.pathname;
    if (key === location.origin + location.pathname) return Promise.resolve(document);
    if (!pages.has(key)) {
      pages.set(key, location.protocol === "file:" ? Promise.resolve(null)
        : fetch(key).then((answer) => (answer.ok ? answer.text() : "")).catch(() => "").then(parse));
    }
    return pages.get(key);
  };

  const parts = (target) => {
    const whole = target.closest(".math-block, figure, .claim, div.citation, .exercise, .table-scroll, details.solution");
    if (whole) return [whole];
    const term = target.closest("dt");
    if (term) return [term, term.nextElementSibling];
    const section = target.matches("section") ? target : target.closest("section");
    if (!section) return [target];
    return [section.querySelector("h1, h2, h3, h4"), section.querySelector(":scope > p:not(.place)")];
  };

  const still = (element) => {
    const copy = element.cloneNode(true);
    copy.querySelectorAll(".headerlink, script, .copy, .movable").forEach((part) => part.remove());
    for (const part of [copy, ...copy.querySelectorAll("*")]) {
      // Within a drawing others refer to the ids.
      if (!part.closest("svg")) part.removeAttribute("id");
      ["href", "tabindex", "role", "aria-label"].forEach((name) => { if (!part.closest("svg")) part.removeAttribute(name); });
    }
    if (copy.matches("details")) copy.open = true;
    return copy;
  };

  const hide = () => {
    clearTimeout(timer);
    shown?.removeAttribute("aria-describedby");
    shown = null;
    if (box.matches(":popover-open")) box.hidePopover();
  };

  const place = (link) => {
    const at = link.getClientRects()[0] ?? link.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = box;
    const left = Math.max(16, Math.min(at.left, innerWidth - width - 16));
    const below = at.bottom + 6 + height < innerHeight || at.top < height + 6;
    box.style.left = `${left}px`;
    box.style.top = `${below ? at.bottom + 6 : at.top - height - 6}px`;
  };

  // A page brings the math font with the characters of its own formulas, so those of another page
  // come with that page's font.
  let face = null;
  const useFontOf = async (source) => {
    if (face) document.fonts.delete(face);
    face = source.mathFont ? await new FontFace("Offcenter Preview", `url(${source.mathFont})`).load() : null;
    if (face) document.fonts.add(face);
  };

  const open = async (link) => {
    const url = new URL(link.href);
    const source = await page(url);
    const target = source && source.getElementById(decodeURIComponent(url.hash.slice(1)));
    const found = target ? parts(target).filter(Boolean) : [];
    if (timer !== link.previewTimer) return;
    if (found.length) await useFontOf(source);
    // The reader may have gone on in the meantime.
    if (timer !== link.previewTimer) return;
    hide();
    if (!found.length) return;
    box.replaceChildren(...found.map(still));
    box.showPopover();
    place(link);
    shown = link;
    link.setAttribute("aria-describedby", box.id);
  };

  const soon = (link, delay) => { clearTimeout(timer); link.previewTimer = timer = setTimeout(open, delay, link); };
  const leave = () => { clearTimeout(timer); timer = setTimeout(hide, 250); };
  const stay = () => clearTimeout(timer);
  const selector = "main a[href*='#']:not(.headerlink)";
  const linkOf = (event) => {
    const link = event.target.closest?.(selector);
    return link && !link.closest(".movable, .letters, .entries, .preview") && link.hostname === location.hostname ? link : null;
  };
  const main = document.querySelector("main");
  main.addEventListener("pointerover", (event) => {
    const link = event.pointerType === "mouse" && linkOf(event);
    if (link) { if (link === shown) stay(); else soon(link, 150); }
  });
  main.addEventListener("pointerout", (event) => { if (event.pointerType === "mouse" && linkOf(event)) leave(); });
  main.addEventListener("focusin", (event) => {
    const link = linkOf(event);
    if (link?.matches(":focus-visible") && !finger) soon(link, 0);
  });
  main.addEventListener("focusout", (event) => { if (linkOf(event)) leave(); });
  document.addEventListener("pointerdown", (event) => {
    finger = event.pointerType === "touch";
    if (shown && !box.contains(event.target) && linkOf(event) !== shown) hide();
  });
  main.addEventListener("click", (event) => { if (linkOf(event)) hide(); });
  box.addEventListener("pointerenter", stay);
  box.addEventListener("pointerleave", leave);
  document.addEventListener("keydown", (event) => {
    finger = false;
    if (event.key === "Escape" && shown) { event.preventDefault(); hide(); }
  });
})();
