"""The contract of Satark: what its services say to each other and to anyone who subscribes.

`metrics`, `incidents`, `notifications` and `checkpoints` hold the events, `topics` says where each travels,
`codec` puts them into CloudEvents on Kafka and takes them out again.
"""
