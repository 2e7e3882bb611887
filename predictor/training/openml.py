"""Download of the data sets from OpenML, where the network allows it."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from predictor.training.errors import TrainingError

# What OpenML calls each data set, and which version of it is the official one.
TABLES = {"MNIST": ("mnist_784", 1), "Fashion-MNIST": ("Fashion-MNIST", 1)}


def download_table(name: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """Download one data set as a table.

    Args:
        name: one of `TABLES`.

    Returns:
        (n, 784) numbers and (n,) labels as texts, the training pictures first.

    Raises:
        TrainingError: OpenML does not know it under a name that is known here, or the download failed.
    """
    from sklearn.datasets import fetch_openml  # noqa: PLC0415 - slow to import, and evaluation rarely needs it.

    if name not in TABLES:
        raise TrainingError(f"{name} cannot be downloaded; name a folder with its files by --data-dir")
    table_name, version = TABLES[name]
    try:
        table = fetch_openml(table_name, version=version, as_frame=False, parser="liac-arff")
    except Exception as error:
        # The client's failures have no common class: network, cache, file format.
        raise TrainingError(
            f"{name} could not be downloaded from OpenML ({error}); "
            "name a folder that holds the four official .gz files with --data-dir"
        ) from error
    return table.data, table.target
