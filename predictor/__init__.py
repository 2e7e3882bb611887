"""The app: recognition behind pages, a REST API, an admin and commands. docs/architecture.md is its map."""
