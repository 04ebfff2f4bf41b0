"""What every route shares: how a route is declared, who may call it, and how refusals look."""
