// Colors and numbers for people.
"use strict";
(function (offCenter) {
  // The theme sets the variables.
  const NAMES = ["ink", "grey", "light", "paper", "blue", "orange", "green", "purple"];
  const COLORS = Object.fromEntries(NAMES.map((name) => [name, `var(--${name})`]));

  const SUPER = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  const power = (k) => `10${k < 0 ? "⁻" : ""}${[...String(Math.abs(k))].map((c) => SUPER[c]).join("")}`;

  // Three digits, a true minus sign.
  function show(value, digits = 3) {
    if (!Number.isFinite(value)) return "∞";
    const size = Math.abs(value);
    let text;
    if (size >= 1e6 || (size > 0 && size < 1e-3)) {
      const [mantissa, exponent] = value.toExponential(1).split("e");
      text = `${mantissa} × ${power(Number(exponent))}`;
    } else if (size >= 1000) {
      // By hand: the first use of a locale costs a phone 45 ms.
      text = String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
    } else {
      text = String(Number(value.toPrecision(digits)));
    }
    return text.replace("-", "−");
  }

  const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
  const percent = (share) => `${(100 * share).toFixed(1)}\u00a0%`;

  Object.assign(offCenter, { COLORS, percent, plural, power, show });
})((globalThis.offCenter ??= {}));
