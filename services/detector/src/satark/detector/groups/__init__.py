"""Incidents with one likely cause, told as one: links that share a site, a provider or a gateway and go bad together.

    satark.anomalies.v1 -> notices, keyed by scope -> groups -> satark.incident-groups.v1

A scope is an orchestrator and an enterprise: what two customers' links have in common is nobody's business. The events
of one scope lie on many partitions, so what matters of each is sent on to a topic whose key is the scope, and one
process sees all of it.

Why a timer: the incidents of one cause come within seconds of each other, in any order. Deciding at the third would
name whatever the first three happen to share. So a decision waits until a scope has settled (`GroupRules.settle_s`),
and then looks at all of them. The timer is a record in the same topic (`Due`), so that a replay of the topic decides
the same at the same place.
"""
