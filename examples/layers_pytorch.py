"""What each linear layer of a PyTorch network reads."""

import torch
from torch import nn

from offcenter.layers import report

torch.manual_seed(0)
model = nn.Sequential(
    nn.Linear(64, 128),
    nn.ReLU(),
    nn.Linear(128, 128),
    nn.GELU(),
    nn.Linear(128, 10),
)
batch = torch.randn(512, 64)

activations = {}


def keep(name):
    def hook(module, inputs):
        activations[name] = inputs[0].detach().cpu().float().numpy()

    return hook


hooks = [
    module.register_forward_pre_hook(keep(name))
    for name, module in model.named_modules()
    if isinstance(module, nn.Linear)
]
with torch.no_grad():
    model(batch)
for hook in hooks:
    hook.remove()

print(report(activations))
