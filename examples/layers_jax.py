"""What each layer of a network in plain JAX reads."""

import jax
import jax.numpy as jnp
import numpy as np

from offcenter.layers import report


def forward(parameters, x):
    """Return the output, and what each layer reads."""
    read = {}
    for layer, (weights, bias) in enumerate(parameters, start=1):
        read[f"layer {layer}"] = x
        x = jax.nn.gelu(x @ weights + bias)
    return x, read


keys = jax.random.split(jax.random.key(0), 4)
parameters = [
    (jax.random.normal(key, (m, n)) / jnp.sqrt(m), jnp.zeros(n))
    for key, m, n in zip(keys, (64, 128, 128), (128, 128, 10), strict=False)
]
_, read = jax.jit(forward)(parameters, jax.random.normal(keys[3], (512, 64)))

print(report({name: np.asarray(x) for name, x in read.items()}))
