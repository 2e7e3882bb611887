"""What a trained teacher adds to the loss of the network that is served."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from predictor.training.cnn.network import ServedNetwork
from predictor.training.cnn.settings import Teacher


class TrainedTeacher:
    """A larger network, in its final state, with its opinion on every picture."""

    def __init__(self, settings: Teacher, served: ServedNetwork) -> None:
        self._settings = settings
        self._network = served.network.eval()

    def joined(self, loss: Tensor, pictures: Tensor, scores: Tensor) -> Tensor:
        """The loss by the labels, joined with the distance from the teacher's opinion.

        Args:
            loss: by the labels, a number.
            pictures: (n, 1, 28, 28) in 0..1, as the pupil saw them.
            scores: (n, outputs), the pupil's logits.
        """
        softness = self._settings.temperature
        with torch.no_grad():
            opinion = torch.log_softmax(self._network(pictures).float() / softness, dim=1)
        softened = torch.log_softmax(scores / softness, dim=1)
        distance = nn.functional.kl_div(softened, opinion, reduction="batchmean", log_target=True)
        # Gradients of softened opinions shrink with the square of the temperature.
        return torch.lerp(loss, distance * softness**2, self._settings.weight)
