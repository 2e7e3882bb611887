"""Convolutional networks by PyTorch: training only, never the serving process.

Only the recipes' `fit` functions import these modules, so that all else works without PyTorch.
"""
