// The search: what the pages say comes as `SEARCH`, a list of titles and the words of each page.
"use strict";
const Finder = (() => {
  // An answer before a chapter, a chapter before the names of the library.
  const weight = { answer: 3, term: 2.6, symbol: 2.2, chapter: 2, claim: 1.2, section: 1.3, page: 1, library: 0.25 };

  // An address without a page is on the page before; one that ends with a dot, with the title.
  const whole = (entries) => {
    let page = "";
    return entries.map(([kind, short, title, excerpt = "", keys = ""]) => {
      const named = short.endsWith(".") ? short + title : short;
      const address = named.startsWith("#") ? page + named : named;
      page = address.split("#")[0];
      return [kind, address, title, excerpt, keys];
    });
  };

  const make = (data) => {
    const entries = whole(data.entries), texts = entries.map(() => []);
    const words = data.terms.split(" "), places = data.places.split(" ");
    // A character says how many pages lie between one that has the word and the one before.
    words.forEach((term, i) => { let page = -1; for (const c of places[i]) texts[data.pages[page += c.codePointAt(0) - 47]].push(term); });
    const known = new Set(words);
    const engine = new MiniSearch({
      fields: ["title", "keys", "text"],
      storeFields: ["kind"],
      tokenize: (text) => text.split(" ").filter(Boolean),
      processTerm: (term) => term,
      searchOptions: { boost: { title: 4, keys: 3, text: 1 }, boostDocument: (_, __, stored) => weight[stored.kind] ?? 1 },
    });
    engine.addAll(entries.map(([kind, , title, , keys], id) => {
      const terms = Words.terms(title), more = Words.terms(keys);
      for (const term of [...terms, ...more]) known.add(term);
      return { id, kind, title: terms.join(" "), keys: more.join(" "), text: texts[id].join(" ") };
    }));
    // Two words typed as one: taken apart where both parts are known.
    const apart = (term) => {
      if (known.has(term)) return [term];
      for (let i = 3; i <= term.length - 3; i++) {
        const parts = [term.slice(0, i), term.slice(i)].flatMap(Words.terms);
        if (parts.length === 2 && parts.every((part) => known.has(part))) return parts;
      }
      return [term];
    };
    return (query) => {
      const terms = [...new Set(Words.terms(query).flatMap(apart))];
      if (terms.length === 0) return { results: [], count: 0, near: false };
      // Three letters begin too much if they are a word themselves, as the stem of "cone" is.
      const options = { prefix: (term) => term.length > (known.has(term) ? 3 : 2), fuzzy: (term) => (term.length > 3 && !known.has(term) ? 0.25 : false), maxFuzzy: 2, weights: { fuzzy: 0.4, prefix: 0.5 } };
      let found = engine.search(terms.join(" "), { ...options, combineWith: "AND" });
      const near = found.length === 0;
      const more = engine.search(terms.join(" "), { ...options, combineWith: "OR" });
      const ids = new Set(found.map((hit) => hit.id));
      // A page that says all of the words is best; then whatever has the rarest of them.
      found = [...found, ...(found.length < 8 ? more.filter((hit) => !ids.has(hit.id)) : [])];
      // Who types the title of a chapter wants the chapter.
      const asked = terms.join(" ");
      const named = (hit) => hit.kind === "chapter" && Words.terms(entries[hit.id][2]).join(" ") === asked;
      found = [...found.filter(named), ...found.filter((hit) => !named(hit))];
      return { results: found.slice(0, 25).map((hit) => entries[hit.id]), count: found.length, near };
    };
  };
  return { make };
})();
