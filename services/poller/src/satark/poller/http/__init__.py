"""HTTP to an orchestrator: who one is, when it is one's turn, and when to ask again. It knows no vendor."""
