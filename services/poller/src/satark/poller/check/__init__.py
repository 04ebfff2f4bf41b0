"""`satark poller check`: talks once to each orchestrator and shows what can be read."""
