"""The models that this project makes, by name."""

from __future__ import annotations

from collections.abc import Mapping

from predictor.training.recipe import Recipe
from predictor.training.recipes import mnist_mlp, mnist_sgd

RECIPES: Mapping[str, Recipe] = {recipe.name: recipe for recipe in (mnist_sgd.RECIPE, mnist_mlp.RECIPE)}
