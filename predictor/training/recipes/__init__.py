"""The models that this project makes, by name."""

from __future__ import annotations

from collections.abc import Mapping

from predictor.training.recipe import Recipe
from predictor.training.recipes import fashion_cnn, mnist_cnn, mnist_sgd

RECIPES: Mapping[str, Recipe] = {
    recipe.name: recipe for recipe in (mnist_sgd.RECIPE, mnist_cnn.RECIPE, fashion_cnn.RECIPE)
}
