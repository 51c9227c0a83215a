// Words as the search compares them: the same for what the pages say and for what a reader types.
"use strict";
const Words = (() => {
  const greek = {
    α: "alpha", β: "beta", γ: "gamma", δ: "delta", ε: "epsilon", ϵ: "epsilon", η: "eta", θ: "theta",
    κ: "kappa", λ: "lambda", μ: "mu", ξ: "xi", π: "pi", ρ: "rho", σ: "sigma", φ: "phi", Φ: "phi",
    ϕ: "phi", ω: "omega", Δ: "delta", Σ: "sum", "∇": "nabla", "∂": "partial", "∞": "infinity",
  };
  // What is one thing in the field has one writing here.  Longer ones first.
  const same = [
    [/\b0\s*\/\s*1\b/g, " zeroone "], [/±\s*1\b|\+\/?-\s*1\b/g, " plusminusone "],
    [/\bbatch ?norm(?:ali[sz]ation)?\b|\bbn\b/g, " batchnorm "],
    [/\blayer ?norm(?:ali[sz]ation)?\b|\bln\b/g, " layernorm "],
    [/\brms ?norm(?:ali[sz]ation)?\b/g, " rmsnorm "],
    [/\bweight ?norm(?:ali[sz]ation)?\b/g, " weightnorm "],
    [/\bmini-? ?batch(?:es)?\b/g, " minibatch batch "],
    [/\blearning-? ?rates?\b|\bstep-? ?sizes?\b|\blr\b/g, " stepsize "],
    [/\bzero-? ?(?:mean|cent(?:er(?:ed)?|red?))\b/g, " zerocentered center "],
    [/\bzig-? ?zag(?:s|ging|ged)?\b/g, " zigzag "], [/\bk-? ?fac\b/g, " kfac kronecker "],
    [/\bdying relus?\b/g, " dead relu "], [/\bswish\b/g, " silu "], [/\bswi ?glu\b/g, " swiglu "],
    [/\bone-? ?hot\b/g, " onehot "], [/\bmin-? ?max\b/g, " minmax "], [/\bz-? ?scores?\b/g, " zscore standardize "],
    [/\blanguage models?\b|\bllms?\b/g, " languagemodel "], [/\bhyper-? ?planes?\b/g, " hyperplane "],
    [/\bcondition(?:ing)? numbers?\b/g, " conditionnumber kappa "], [/\boff ?sets?\b/g, " offset "],
    [/\bnatural-? ?grad(?:ients?)?\b/g, " naturalgradient "], [/\bedge of stability\b/g, " edgeofstability "],
    [/\berrata\b|\berratum\b/g, " corrected "], [/\bcritical batch(?: size)?s?\b/g, " useful batch size "],
    [/\blog-? ?loss\b/g, " crossentropy "], [/\bcross-? ?entropy\b/g, " crossentropy "],
    [/\beigen-? ?(values?|vectors?)\b/g, " eigen$1 "],
  ];
  const american = [[/isation/g, "ization"], [/is(e|es|ed|er|ers|ing)\b/g, "iz$1"], [/centre/g, "center"], [/centring/g, "centering"], [/colour/g, "color"], [/behaviour/g, "behavior"], [/neighbour/g, "neighbor"], [/travell/g, "travel"]];
  const idle = new Set("a an and are as at be been but by can do does for from had has have how i if in into is it its not of on or so such than that the their them then there these they this to was we were what when which while who why will with would you your".split(" "));

  // Plurals, and verbs as nouns: crude, but the same on both sides.
  const stem = (word) => {
    if (word.length < 4 || /\d/.test(word)) return word;
    let root = word.replace(/ies$/, "y").replace(/([^aeious])s$/, "$1").replace(/(e)s$/, "$1");
    if (root.length > 5) root = root.replace(/(?:ization|izing|ized|izer?)$/, "iz");
    if (root.length > 5) root = root.replace(/(?:ing|ed|ly)$/, "");
    if (root.length > 6) root = root.replace(/ation$/, "at");
    return root.replace(/(.)\1$/, "$1").replace(/e$/, "");
  };

  const split = (text) => {
    let plain = text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/[α-ωΑ-Ωϵϕ∇∂∞]/gu, (c) => ` ${greek[c] ?? c} `).toLowerCase();
    plain = plain.replace(/[’']s\b/g, "").replace(/\\([a-z]+)/g, " $1 ");
    for (const [from, to] of same) plain = plain.replace(from, to);
    for (const [from, to] of american) plain = plain.replace(from, to);
    return (plain.match(/\d+\.\d+|[\p{L}\p{N}]+/gu) ?? []).filter((word) => !idle.has(word));
  };

  return { terms: (text) => split(text).map(stem), plain: split };
})();
