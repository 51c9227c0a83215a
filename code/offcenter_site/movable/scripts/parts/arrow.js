// An arrow is one path: its shaft and an open head.
"use strict";
(function (offCenter) {
  function arrow(pen, key, [x0, y0], [x1, y1], color, options) {
    const length = Math.hypot(x1 - x0, y1 - y0);
    const size = Math.min(6, length / 2);
    const [ux, uy] = length ? [((x1 - x0) / length) * size, ((y1 - y0) / length) * size] : [0, 0];
    const side = (sign) => [x1 - ux - sign * uy * 0.5, y1 - uy + sign * ux * 0.5];
    pen.line(key, [[x0, y0], [x1, y1], side(1), [x1, y1], side(-1)], color, options);
  }

  Object.assign(offCenter, { arrow });
})((globalThis.offCenter ??= {}));
