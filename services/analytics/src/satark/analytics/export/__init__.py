"""What was measured last, for Prometheus: metrics of links and statistics of daemons, in OpenMetrics or the older text.

`questions` asks the store, `naming` makes names and labels, `families` makes metrics of rows; all three are pure.
"""
