"""What reads and queries cost."""
