"""From messages to events of the contract. Pure."""
