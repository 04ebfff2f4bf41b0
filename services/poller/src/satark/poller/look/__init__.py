"""One look at an orchestrator: what to ask, what is new in the answers, and what their silence means."""
