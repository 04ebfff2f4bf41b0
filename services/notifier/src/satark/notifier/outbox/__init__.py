"""What is to be told, to whom and when: decisions only. Pure."""
