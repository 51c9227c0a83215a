// What a figure's inputs accept, and the address that holds them.
"use strict";
(function (offCenter) {
  // The value that `text` gives a field, or its default: nothing else can come from an address.
  function accept(field, text) {
    if (text === null) return field.value;
    if (field.kind === "switch") return text === "1" ? true : text === "0" ? false : field.value;
    if (field.kind === "choice") return field.options.includes(text) ? text : field.value;
    const value = text.trim() === "" ? NaN : Number(text);
    if (field.list) return field.list.includes(value) ? value : field.value;
    const fits = value >= field.min && value <= field.max; // false for NaN
    return fits && (!field.whole || Number.isInteger(value)) ? value : field.value;
  }

  const write = (value) => (typeof value === "boolean" ? String(Number(value)) : String(value));

  // The address of a state: only what differs from the default, behind what is not ours.
  function address(url, name, fields, state) {
    const result = new URL(url);
    const ours = [...result.searchParams.keys()].filter((key) => key.startsWith(`${name}.`));
    for (const key of ours) result.searchParams.delete(key);
    for (const [key, field] of Object.entries(fields)) {
      if (state[key] !== field.value) result.searchParams.set(`${name}.${key}`, write(state[key]));
    }
    return result;
  }

  function readAddress(url, name, fields) {
    const query = new URL(url).searchParams;
    return Object.fromEntries(
      Object.entries(fields).map(([key, field]) => [key, accept(field, query.get(`${name}.${key}`))]),
    );
  }

  // A field is what an input of the page says about itself.
  function readField(input) {
    if (input.type === "checkbox") return { kind: "switch", value: input.defaultChecked };
    if (input.tagName === "SELECT") {
      const options = [...input.options];
      return {
        kind: "choice",
        options: options.map((option) => option.value),
        value: options.find((option) => option.defaultSelected).value,
      };
    }
    const { min, max, step, value, list } = input.dataset;
    return {
      kind: "number",
      min: Number(min),
      max: Number(max),
      step: Number(step),
      value: Number(value),
      whole: Number.isInteger(Number(min)) && Number(step) === 1,
      // A slider over a list of values has the place in the list as its position.
      list: list ? list.split(" ").map(Number) : null,
    };
  }

  // What an input says now, as a value of its field.
  function valueOf(field, input) {
    if (field.kind === "switch") return input.checked;
    if (field.kind === "choice") return input.value;
    return field.list ? field.list[input.value] : Number(input.value);
  }

  // Let an input say `value`.
  function showValue(field, input, value) {
    if (field.kind === "switch") input.checked = value;
    else if (field.kind === "choice") input.value = value;
    else if (input.type === "range") {
      input.value = field.list ? nearest(field, value) : value;
      const words = offCenter.show(value);
      input.ariaValueText = words;
      input.nextElementSibling.textContent = words;
    }
  }

  // The place of the value in the field's list that is nearest by ratio.
  function nearest({ list }, value) {
    const distance = (v) => Math.abs(Math.log(v / value));
    return list.reduce((best, v, i) => (distance(v) < distance(list[best]) ? i : best), 0);
  }

  function snap(field, value) {
    if (field.list) return field.list[nearest(field, Math.max(value, Number.MIN_VALUE))];
    const steps = Math.round((value - field.min) / field.step);
    // Twelve places hide the rounding of the product, so that 0.3 is written as 0.3 and 0 as 0.
    return Math.min(field.max, Math.max(field.min, Number((field.min + steps * field.step).toFixed(12))));
  }

  // The value that is so many steps away.
  function stepped(field, value, steps) {
    if (!field.list) return snap(field, value + steps * field.step);
    const place = nearest(field, value) + steps;
    return field.list[Math.min(field.list.length - 1, Math.max(0, place))];
  }

  Object.assign(offCenter, { accept, address, readAddress, readField, showValue, snap, stepped, valueOf });
})((globalThis.offCenter ??= {}));
