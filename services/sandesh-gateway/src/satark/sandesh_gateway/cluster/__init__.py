"""How gateways share the work: each says that it lives and whom it holds, and all withdraw what a dead one held.

`sessions` and `roster` decide (pure), `lease` speaks, `watch` listens.
"""

from satark.sandesh_gateway.cluster.lease import Lease, Publish
from satark.sandesh_gateway.cluster.roster import Expired, Roster
from satark.sandesh_gateway.cluster.sessions import ended
from satark.sandesh_gateway.cluster.watch import Watch

__all__ = ["Expired", "Lease", "Publish", "Roster", "Watch", "ended"]
