"""The compacted topics in memory, in each process for itself: what reads and streams answer from.

`mirror` is what records make of it (pure), `tables` the objects by table, `kept` the latest incidents, `loading` how far
the reading of the past has come (pure). `following` is the shell that reads Kafka.

An object has two forms. Its state (`satark.uve-state.v1`) is flat, aggregated by the detector, and has its alarms; its
shares (the rows of `satark-detector-uves-changelog`) are what each generator says, and structured or filtered reads are
aggregated from them. Both are kept as the bytes that they are on Kafka and decoded when somebody asks. They arrive on
two topics: for a moment one may be ahead of the other.
"""
