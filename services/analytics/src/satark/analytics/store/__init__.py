"""The store: ClickHouse, embedded or served, behind a few calls."""
