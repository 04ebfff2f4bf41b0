"""What is open, over restarts and rebalances: reminders, escalations, inhibition and signs of life."""
