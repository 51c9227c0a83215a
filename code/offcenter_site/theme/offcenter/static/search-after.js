// Excerpts for people: a formula as one would write it in a line, and no parts of the frame.
"use strict";
(() => {
  const readAll = (node) => [...node.childNodes].map(read).join("");
  const group = (text) => (text.length > 1 ? `(${text})` : text);
  const read = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.nodeType !== Node.ELEMENT_NODE || node.localName === "annotation") return "";
    const part = [...node.children].map(read);
    switch (node.localName) {
      case "mfrac": return `${group(part[0])}/${group(part[1])}`;
      case "msup": case "mover": return part[1].length > 1 ? `${part[0]}^(${part[1]})` : `${part[0]}^${part[1]}`;
      case "msub": case "munder": return `${part[0]}_${part[1]}`;
      case "msubsup": case "munderover": return `${part[0]}_${part[1]}^${part[2]}`;
      case "msqrt": return `√${group(part.join(""))}`;
      case "mtd": return `${part.join("") || readAll(node)} `;
      case "mo": return /^[=<>≤≥≈∝→∈≠±+−·×]$/.test(node.textContent) ? ` ${node.textContent} ` : node.textContent;
      default: return readAll(node);
    }
  };
  const idle = "h1, .headerlink, .eqno, .cell_input, script, style, .place, figure svg, .movable, button";
  Search.htmlToText = (html, anchor) => {
    // The styles of another page are not in the policy of this one.
    const page = new DOMParser().parseFromString(html.replace(/<style>.*?<\/style>/gs, ""), "text/html");
    page.querySelectorAll(idle).forEach((element) => element.remove());
    page.querySelectorAll("math").forEach((math) => math.replaceWith(math.closest(".math-block") ? ` ${read(math)} ` : read(math)));
    const main = page.querySelector("[role=main]");
    const part = anchor ? main?.querySelector(anchor) : main;
    return (part ?? main)?.textContent.replace(/\s+/g, " ") ?? "";
  };
})();
