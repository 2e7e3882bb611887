"""What the tests of versions share: the site."""

from tests.three_versions import site

__all__ = ["site"]
