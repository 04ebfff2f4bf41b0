"""`satark replay` and `satark backtest`: the detection that runs, over samples from a file or from a topic's past."""
