"""`satark backtest`: what other rules would have told, against the rules that run."""
