"""Who is told of what, and when: the routing tree as Alertmanager has it. Pure."""
