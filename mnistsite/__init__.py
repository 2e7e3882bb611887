"""The Django project: settings, addresses and the WSGI entry point."""

__version__ = "0.1.0"  # The same as in pyproject.toml.
