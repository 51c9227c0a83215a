// Runs between Sphinx's settings and its search.
"use strict";
// The search does not mark its words in the pages that it leads to.
const SPHINX_HIGHLIGHT_ENABLED = false;
// From a folder a page cannot read another one, so there the results come without excerpts.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
