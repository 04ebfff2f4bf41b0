"""How gateways share the work: each says that it lives and whom it holds, and all withdraw what a dead one held.

`roster` and `sessions` decide (pure), `lease` and `watch` speak and listen, `withdrawals` writes.
"""

from satark.sandesh_gateway.cluster.lease import Lease
from satark.sandesh_gateway.cluster.roster import Expired, Roster
from satark.sandesh_gateway.cluster.watch import Watch
from satark.sandesh_gateway.cluster.withdrawals import Publish, Withdrawals, ended

__all__ = ["Expired", "Lease", "Publish", "Roster", "Watch", "Withdrawals", "ended"]
