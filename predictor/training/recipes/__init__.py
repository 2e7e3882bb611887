"""The models that this project makes, by name."""

from __future__ import annotations

from collections.abc import Mapping

from predictor.training.recipe import Recipe
from predictor.training.recipes import fashion_cnn, mnist_cnn, mnist_mlp, mnist_sgd

RECIPES: Mapping[str, Recipe] = {
    module.RECIPE.name: module.RECIPE for module in (mnist_sgd, mnist_mlp, mnist_cnn, fashion_cnn)
}
