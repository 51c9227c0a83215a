// The search page: a field, and what it finds while one types.
"use strict";
(() => {
  const names = { answer: "Answer", chapter: "Chapter", section: "Section", claim: "Claim", term: "Definition", symbol: "Symbol", page: "Page", library: "Library" };
  const form = document.querySelector("form.search"), field = form.elements.q, list = document.getElementById("search-results");
  const status = document.getElementById("search-status");
  let find;
  const show = () => {
    const query = field.value.trim();
    list.replaceChildren();
    if (!query) { status.textContent = ""; return; }
    find ??= Finder.make(SEARCH);
    const { results, count, near } = find(query);
    for (const [kind, address, title, excerpt] of results) {
      const item = document.createElement("li"), link = document.createElement("a"), mark = document.createElement("span");
      link.href = address;
      link.textContent = title;
      mark.className = "search-kind";
      mark.textContent = names[kind];
      item.append(mark, link);
      if (excerpt) {
        const text = document.createElement("p");
        text.className = "context";
        text.textContent = excerpt;
        item.append(text);
      }
      list.append(item);
    }
    status.textContent = count === 0 ? "Nothing found, and nothing near it." : `${near ? `Nothing has all of these words; ${count} come near` : `${count} found`}${count > results.length ? `, the first ${results.length} are here.` : "."}`;
  };
  let waiting = 0;
  const renew = () => {
    clearTimeout(waiting);
    waiting = 0;
    show();
    const address = new URL(location.href);
    address.searchParams.set("q", field.value);
    try { history.replaceState(null, "", address); } catch { /* pages from a folder have no history of their own */ }
  };
  field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(renew, 120); });
  form.addEventListener("submit", (event) => { event.preventDefault(); renew(); });
  // The arrows lead from the field through what is found, and back.
  addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    // A list that is still to come would take the place of the one that is walked through.
    if (waiting) renew();
    const stops = [field, ...list.querySelectorAll("a")], at = stops.indexOf(document.activeElement);
    const next = at < 0 ? null : stops[at + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
  field.value = new URLSearchParams(location.search).get("q") ?? "";
  field.focus();
  show();
})();
