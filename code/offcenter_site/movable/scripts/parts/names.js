// The names of activations, as a reader knows them.
"use strict";
(function (offCenter) {
  const named = (name) => offCenter.library.names[name] ?? name;

  Object.assign(offCenter, { named });
})((globalThis.offCenter ??= {}));
