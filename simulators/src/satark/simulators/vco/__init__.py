"""A simulated SD-WAN orchestrator: the v1 portal API and v2 REST over one world (specs: vco.md, section 1).

The data are functions of (seed, link, five-minute bucket), never of the moment of the call: two identical calls at
the same virtual time give identical bytes. `server.running_vco` is the way in for tests, `command` the one for people.

    topology, parts, worlds, grid, estate   what there is
    scenario, targets, scheduled, timeline  what goes wrong, and when
    feed, noise, outages                    what the links show: the buckets, and when they arrive
    methods, inventory, aggregate, series   v1's answers; `v2` has the other API's
    faults, ratelimit, auth                 the knobs: how the orchestrator itself misbehaves
    simulator                               all of that as one value that a test holds
    portal, v2.rest, control, shell, server the HTTP faces; `control` is `/__sim/…`, switchable while it runs
"""
