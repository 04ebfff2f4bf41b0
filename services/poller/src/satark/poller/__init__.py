"""The poller: reads an SD-WAN orchestrator's link quality and publishes it as samples, each exactly once.

`errors`, `answers`, `inventory`, `parse`, `schedule` and `ledger` decide; `client`, `portal`, `collector`, `journal`
and `app` touch the network, Kafka and the clock.
"""
