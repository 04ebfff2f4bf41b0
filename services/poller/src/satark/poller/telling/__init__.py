"""What the poller tells of itself and of the links, besides samples and states."""
