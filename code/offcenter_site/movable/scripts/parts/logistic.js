// What a unit with two outcomes needs, and other activations are made of.
"use strict";
(function (offCenter) {
  const logistic = (z) => 1 / (1 + Math.exp(-z));
  const softplus = (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

  Object.assign(offCenter, { logistic: { logistic, softplus } });
})((globalThis.offCenter ??= {}));
