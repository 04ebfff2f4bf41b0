"""Fixtures live in tests.support.plugin."""

pytest_plugins = ["tests.support.plugin", "tests.support.clickhouse"]
