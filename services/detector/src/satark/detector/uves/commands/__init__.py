"""`satark uves` and `satark alarms`: what the compacted topics hold, without any database."""
