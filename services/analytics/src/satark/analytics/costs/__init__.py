"""What reads and queries cost, kept as statistics of analytics itself (analytics.md 2.1 and 3.8)."""
