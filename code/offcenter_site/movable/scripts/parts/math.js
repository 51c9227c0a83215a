// The mathematics of the movable figures: pure functions, each equal to one of the Python library.
// Classic scripts that share one name, because modules do not load from a folder (file://).
"use strict";
(function (offCenter) {
  const TAU = 2 * Math.PI;

  // erfc by its series near 0 and by its continued fraction in the tail.
  function erfc(x) {
    if (x < 0) return 2 - erfc(-x);
    if (x > 26.6) return 0;
    const scale = Math.exp(-x * x) / Math.sqrt(Math.PI);
    if (x < 2.5) {
      let term = 2 * x * scale;
      let sum = term;
      for (let k = 1; term > 1e-18 * sum; k++) sum += term *= (2 * x * x) / (2 * k + 1);
      return 1 - sum;
    }
    let tail = x;
    for (let k = 60; k > 0; k--) tail = x + k / 2 / tail;
    return scale / tail;
  }

  const normalPdf = (z) => Math.exp((-z * z) / 2) / Math.sqrt(TAU);
  const normalCdf = (z) => erfc(-z / Math.SQRT2) / 2;

  // Nodes and weights of Gauss–Legendre quadrature on [-1, 1], by Newton's method.
  function gaussLegendre(count) {
    const nodes = [];
    const weights = [];
    for (let i = 0; i < count; i++) {
      let x = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5));
      let slope = 1;
      for (let round = 0; round < 8; round++) {
        let [last, value] = [1, x];
        for (let k = 2; k <= count; k++) {
          [last, value] = [value, ((2 * k - 1) * x * value - (k - 1) * last) / k];
        }
        slope = (count * (x * value - last)) / (x * x - 1);
        x -= value / slope;
      }
      nodes.push(x);
      weights.push(2 / ((1 - x * x) * slope * slope));
    }
    return { nodes, weights };
  }

  const RULE = gaussLegendre(24);

  const { logistic, softplus } = offCenter.logistic;
  const { scale, alpha } = offCenter.library.selu;

  const ACTIVATIONS = {
    identity: (z) => z,
    sigmoid: logistic,
    tanh: Math.tanh,
    relu: (z) => Math.max(z, 0),
    leaky_relu: (z) => (z > 0 ? z : 0.01 * z),
    elu: (z) => (z > 0 ? z : Math.expm1(z)),
    selu: (z) => scale * (z > 0 ? z : alpha * Math.expm1(z)),
    gelu: (z) => z * normalCdf(z),
    silu: (z) => z * logistic(z),
    softplus,
    mish: (z) => z * Math.tanh(softplus(z)),
    relu_squared: (z) => Math.max(z, 0) ** 2,
  };

  // Mean and variance of f(z), z ~ N(0, 1); f may have a kink at 0.
  const PIECES = Array.from({ length: 12 }, (_, i) => 2 * i - 12);
  let density = null; // at each node, with its weight: the same for all f
  function moments(f) {
    density ??= PIECES.flatMap((start) =>
      RULE.nodes.map((node, i) => {
        const z = start + 1 + node;
        return [z, RULE.weights[i] * normalPdf(z)];
      }),
    );
    const values = density.map(([z]) => f(z));
    const mean = density.reduce((sum, [, weight], i) => sum + weight * values[i], 0);
    const variance = density.reduce((sum, [, weight], i) => sum + weight * (values[i] - mean) ** 2, 0);
    return { mean, variance };
  }

  const offsetShare = (mean, variance) => mean ** 2 / (mean ** 2 + variance);

  // Eigenvalues of E[xxᵀ] for n iid features, with the bias input or without: those that leave the
  // bulk, the bulk, and how many are in it.
  function iidSpectrum(n, mean, variance, bias) {
    const top = variance + n * mean ** 2;
    if (!bias) return { outliers: [top], bulk: variance, count: n - 1, kappa: n > 1 ? top / variance : 1 };
    // λ₊ + λ₋ = 1 + v + nm² and λ₊λ₋ = v; the smaller one from the product, which cancels nothing.
    const half = (1 + top) / 2;
    const upper = half + Math.sqrt(((1 - top) / 2) ** 2 + n * mean ** 2);
    return {
      outliers: [upper, variance / upper],
      bulk: variance,
      count: n - 1,
      kappa: upper ** 2 / variance,
    };
  }

  // How often two entries of a large batch's gradient agree in sign.
  const signAgreement = (share) => 0.5 + Math.asin(share) / Math.PI;

  Object.assign(offCenter, {
    math: {
      ACTIVATIONS,
      erfc,
      gaussLegendre,
      iidSpectrum,
      moments,
      normalCdf,
      normalPdf,
      offsetShare,
      signAgreement,
    },
  });
})((globalThis.offCenter ??= {}));
