"""Questions to daemons: from Kafka to the connection that has the daemon, and the answers' context back.

`destinations` `translation` `slot` `desk` `outcomes` decide (pure), `asker` asks; `command` is `satark request`.
"""

from satark.sandesh_gateway.requests.asker import Ask, Asker

__all__ = ["Ask", "Asker"]
