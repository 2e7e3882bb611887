"""Train a network: new versions of the pictures in each epoch, and the mean of the weights over many steps."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from predictor.training.augmentation import augmented
from predictor.training.cnn.checkpoint import Checkpoint
from predictor.training.cnn.network import ServedNetwork, build_network
from predictor.training.cnn.settings import Examples, Schedule, Training
from predictor.training.recipe import Run

_EVALUATION_BATCH = 500


def train_network(training: Training, examples: Examples, validation: Examples, run: Run) -> ServedNetwork:
    """Train, telling after each epoch how the mean weights do on the validation pictures.

    An interrupted run goes on where its last whole epoch ended; the checkpoint knows which run it belongs to.

    Args:
        training: what to train and how.
        examples: to learn from.
        validation: to look at; they change nothing.
        run: seed, progress and checkpoint.
    """
    torch.manual_seed(run.seed)
    network = build_network(training.architecture).to(memory_format=torch.channels_last)  # Twice as fast on CPUs.
    mean = AveragedModel(
        network, multi_avg_fn=get_ema_multi_avg_fn(training.schedule.averaging), use_buffers=True
    )
    optimizer = torch.optim.AdamW(
        network.parameters(), training.schedule.peak_rate, weight_decay=training.schedule.weight_decay
    )
    checkpoint = Checkpoint(run, {"network": network, "mean": mean, "optimizer": optimizer}, f"{training} {examples.digest()}")
    served = ServedNetwork(mean.module, training.architecture)
    for epoch in range(checkpoint.load(), training.schedule.epochs):
        started_s = time.perf_counter()
        loss = _train_epoch(network, mean, optimizer, training, examples, epoch, run.seed)
        checkpoint.save(epoch + 1)
        right = (scores_of(served, validation.pictures)[0].argmax(axis=1) == validation.labels).mean()
        run.report(
            f"  epoch {epoch + 1} of {training.schedule.epochs}: loss {loss:.4f}, validation {right:.2%} right, "
            f"{time.perf_counter() - started_s:.0f} s"
        )
    return served


def scores_of(served: ServedNetwork, pictures: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
    """What the served network answers: logits (n, classes), and outlier scores (n,) if it has them."""
    served.eval()
    with torch.inference_mode():
        parts = [
            served(torch.from_numpy(pictures[start : start + _EVALUATION_BATCH]))
            for start in range(0, len(pictures), _EVALUATION_BATCH)
        ]
    return tuple(torch.cat(outputs).numpy() for outputs in zip(*parts, strict=True))


def _train_epoch(
    network: nn.Module,
    mean: AveragedModel,
    optimizer: torch.optim.Optimizer,
    training: Training,
    examples: Examples,
    epoch: int,
    seed: int,
) -> float:
    """One pass; the mean loss. What is random in it depends on seed and epoch alone, so runs can be resumed."""
    torch.manual_seed(seed * 1000 + epoch)
    rng = np.random.default_rng([seed, epoch])
    schedule = training.schedule
    loss_of = nn.CrossEntropyLoss(label_smoothing=schedule.label_smoothing)
    network.train()
    losses = []
    batches = _batches(training, examples, rng)
    for step, (pictures, labels) in enumerate(batches, start=1):
        progress = epoch + step / _steps(training, examples)
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(schedule, progress)
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(network(pictures), labels)
        loss.backward()
        optimizer.step()
        mean.update_parameters(network)
        losses.append(float(loss.detach()))
    return float(np.mean(losses))


def learning_rate(schedule: Schedule, progress: float) -> float:
    """The rate after so many epochs, whole or not: a straight rise in the first, a cosine down to 0 after it."""
    if progress < 1:
        return schedule.peak_rate * progress
    share = (progress - 1) / max(schedule.epochs - 1, 1)
    return schedule.peak_rate * (1 + math.cos(math.pi * min(share, 1.0))) / 2


def _steps(training: Training, examples: Examples) -> int:
    count = len(examples) + sum(supply.per_epoch for supply in training.supplies)
    return math.ceil(count / training.schedule.batch)


def _batches(
    training: Training, examples: Examples, rng: np.random.Generator
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """One epoch's pictures in random order, each changed anew."""
    pictures, labels = [examples.pictures], [examples.labels]
    for supply in training.supplies:
        chosen = rng.choice(len(supply.examples), supply.per_epoch, replace=False)
        pictures.append(supply.examples.pictures[chosen])
        labels.append(supply.examples.labels[chosen])
    everything, classes = np.concatenate(pictures), np.concatenate(labels).astype(np.int64)
    order = rng.permutation(len(classes))
    for start in range(0, len(order), training.schedule.batch):
        chosen = order[start : start + training.schedule.batch]
        batch = torch.from_numpy(augmented(everything[chosen], training.augmentation, rng))
        yield batch.to(memory_format=torch.channels_last), torch.from_numpy(classes[chosen])
