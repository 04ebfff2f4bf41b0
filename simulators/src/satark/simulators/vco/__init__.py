"""A simulated SD-WAN orchestrator that speaks the v1 portal API (specs: vco.md, section 1).

The data are functions of (seed, link, five-minute bucket), never of the moment of the call: two identical calls at
the same virtual time give identical bytes. `server.running_vco` is the way in for tests, `command` the one for people.
"""
