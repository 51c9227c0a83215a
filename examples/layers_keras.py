"""What each dense layer of a Keras network reads."""

import keras
import numpy as np
from keras import layers

from offcenter.layers import report

keras.utils.set_random_seed(0)
model = keras.Sequential(
    [
        keras.Input((64,)),
        layers.Dense(128, activation="relu"),
        layers.Dense(128, activation="gelu"),
        layers.Dense(10),
    ]
)
batch = np.random.default_rng(0).standard_normal((512, 64)).astype("float32")

dense = [layer for layer in model.layers if isinstance(layer, layers.Dense)]
inputs = keras.Model(model.inputs[0], [layer.input for layer in dense])(batch)
activations = {
    layer.name: keras.ops.convert_to_numpy(x)
    for layer, x in zip(dense, inputs, strict=True)
}

print(report(activations))
