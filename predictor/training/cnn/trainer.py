"""Train a network on pictures that are changed anew in each epoch, and average its weights over the steps."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from predictor.training.augmentation import augmented
from predictor.training.cnn.checkpoint import Checkpoint
from predictor.training.cnn.distillation import TrainedTeacher
from predictor.training.cnn.network import ServedNetwork, build_network
from predictor.training.cnn.settings import Examples, Phase, Schedule, Training
from predictor.training.recipe import Run

_EVALUATION_BATCH = 500
# Half the digits suffice for the gradients; weights, their mean and what is served keep all. Only where the
# processor multiplies such matrices itself, 1.6 to 2.7 times as fast: elsewhere it would take longer.
_IN_BFLOAT16 = any(torch.cpu.get_capabilities().get(name) for name in ("amx_bf16", "avx512_bf16"))


def train_network(
    training: Training,
    examples: Examples,
    validation: Examples,
    run: Run,
    *,
    teacher: TrainedTeacher | None = None,
    name: str = "network",
) -> ServedNetwork:
    """Train, telling after each epoch how the mean weights do on the validation pictures.

    An interrupted run goes on where its last whole epoch ended; the checkpoint knows which run it belongs to.

    Args:
        training: what to train and how.
        examples: to learn from.
        validation: to look at; they change nothing.
        run: seed, progress and checkpoints.
        teacher: to learn from beside the labels.
        name: of its checkpoint.
    """
    learner = _Learner(training, examples, run.seed, teacher)
    what = f"{training.architecture} {training.phases} {training.teacher} {examples.digest()}"
    checkpoint = Checkpoint(run, name, learner.parts(), what)
    epochs = training.epochs
    for epoch in range(checkpoint.load(), epochs):
        started_s = time.perf_counter()
        loss = learner.train_epoch(epoch)
        checkpoint.save(epoch + 1)
        right = _share_right(learner.served, validation)
        seconds = time.perf_counter() - started_s
        run.report(
            f"  epoch {epoch + 1} of {epochs}: loss {loss:.4f}, validation {right:.2%} right, "
            f"{seconds:.0f} s, about {seconds * (epochs - epoch - 1) / 60:.0f} min to go"
        )
    return learner.served


def scores_of(served: ServedNetwork, pictures: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
    """What the served network answers: logits (n, classes), and outlier scores (n,) if it has them."""
    served.eval()
    with torch.inference_mode():
        parts = [
            served(torch.from_numpy(pictures[start : start + _EVALUATION_BATCH]))
            for start in range(0, len(pictures), _EVALUATION_BATCH)
        ]
    return tuple(torch.cat(outputs).numpy() for outputs in zip(*parts, strict=True))


def learning_rate(schedule: Schedule, progress: float) -> float:
    """The rate after so many epochs, whole or not: evenly up in the first, then along a cosine down to 0."""
    if progress < 1:
        return schedule.peak_rate * progress
    share = (progress - 1) / max(schedule.epochs - 1, 1)
    return schedule.peak_rate * (1 + math.cos(math.pi * min(share, 1.0))) / 2


class _Learner:
    """A network in training, with the mean of its weights and what each epoch shows it."""

    def __init__(
        self, training: Training, examples: Examples, seed: int, teacher: TrainedTeacher | None
    ) -> None:
        self._training = training
        self._examples = examples
        self._seed = seed
        self._teacher = teacher
        torch.manual_seed(seed)
        network = build_network(training.architecture)
        self._network = network.to(memory_format=torch.channels_last)  # Up to twice as fast on CPUs.
        averaging = get_ema_multi_avg_fn(training.phases[0].schedule.averaging)
        self._mean = AveragedModel(self._network, multi_avg_fn=averaging, use_buffers=True)
        self._optimizer = torch.optim.AdamW(self._network.parameters())
        self.served = ServedNetwork(self._mean.module, training.architecture)

    def parts(self) -> dict[str, nn.Module | torch.optim.Optimizer]:
        """Everything that has a state."""
        return {"network": self._network, "mean": self._mean, "optimizer": self._optimizer}

    def train_epoch(self, epoch: int) -> float:
        """Go once over the pictures; the mean loss.

        What is random in it depends on seed and epoch alone, so that a run can be resumed.
        """
        torch.manual_seed(self._seed * 1000 + epoch)
        rng = np.random.default_rng([self._seed, epoch])
        phase, epoch_of_phase = self._training.phase_of(epoch)
        if epoch_of_phase == 0 and epoch > 0:
            self._begin_phase()
        self._network.train()
        steps = self._steps(phase)
        losses = [
            self._step(pictures, labels, phase.schedule, epoch_of_phase + number / steps)
            for number, (pictures, labels) in enumerate(self._batches(phase, rng), start=1)
        ]
        return float(np.mean(losses))

    def _begin_phase(self) -> None:
        """Go on from the mean weights, and forget how they came about."""
        self._network.load_state_dict(self._mean.module.state_dict())
        self._mean.n_averaged.zero_()
        self._optimizer.state.clear()

    def _step(self, pictures: Tensor, labels: Tensor, schedule: Schedule, progress: float) -> float:
        for group in self._optimizer.param_groups:
            group["lr"] = learning_rate(schedule, progress)
            group["weight_decay"] = schedule.weight_decay
        self._optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=_IN_BFLOAT16):
            scores = self._network(pictures).float()
            loss = nn.functional.cross_entropy(scores, labels, label_smoothing=schedule.label_smoothing)
            if self._teacher:
                loss = self._teacher.joined(loss, pictures, scores)
        loss.backward()
        self._optimizer.step()
        if progress >= 1:  # The random weights of the start are not worth remembering.
            self._mean.update_parameters(self._network)
        return float(loss.detach())

    def _steps(self, phase: Phase) -> int:
        return math.ceil((len(self._examples) + sum(phase.supplied)) / phase.schedule.batch)

    def _batches(self, phase: Phase, rng: np.random.Generator) -> Iterator[tuple[Tensor, Tensor]]:
        """One epoch's pictures in random order, each changed anew."""
        pictures, labels = [self._examples.pictures], [self._examples.labels]
        for supply, count in zip(self._training.supplies, phase.supplied, strict=True):
            chosen = rng.choice(len(supply), count, replace=False)
            pictures.append(supply.pictures[chosen])
            labels.append(supply.labels[chosen])
        everything, classes = np.concatenate(pictures), np.concatenate(labels).astype(np.int64)
        order = rng.permutation(len(classes))
        for start in range(0, len(order), phase.schedule.batch):
            chosen = order[start : start + phase.schedule.batch]
            batch = torch.from_numpy(augmented(everything[chosen], phase.augmentation, rng))
            yield batch.to(memory_format=torch.channels_last), torch.from_numpy(classes[chosen])


def _share_right(served: ServedNetwork, examples: Examples) -> float:
    answers = scores_of(served, examples.pictures)[0].argmax(axis=1)
    return float((answers == examples.labels).mean())
