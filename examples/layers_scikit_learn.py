"""What each layer of a scikit-learn network reads."""

import numpy as np
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

from offcenter.layers import report

X, y = load_digits(return_X_y=True)
model = MLPClassifier(
    (32, 32), max_iter=60, tol=0.02, n_iter_no_change=3, random_state=0
)
model.fit(X / 16, y)

activations, x = {}, X / 16
for layer, (weights, bias) in enumerate(
    zip(model.coefs_, model.intercepts_, strict=True), start=1
):
    activations[f"layer {layer}"] = x
    x = np.maximum(x @ weights + bias, 0)  # ReLU is the default activation

print(report(activations))
