"""Pipeline Truth: when things run and in what order. See docs/architecture.md for the rooms."""
