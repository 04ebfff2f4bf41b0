"""The gateway: a Sandesh collector that publishes what daemons say to Kafka, and answers for it.

`settings` `metrics`; `server` (connections), `translate` (messages to events, pure), `publish` (Kafka, and the books),
`cluster` (which gateway holds whom), `requests` (questions to daemons), `receivers` (syslog and the like), `citizen`
(what the gateway says of itself); `app`, `main`.
"""
