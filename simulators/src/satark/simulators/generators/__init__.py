"""Simulated Sandesh generators: an estate of daemons whose truth is known, and peers that behave badly.

| module | what is in it |
|---|---|
| `scenario`, `kinds`, `draws`, `lives` | what happens when, as values; everything follows from the seed |
| `states` | what each kind of daemon knows at a tick: the truth |
| `events` | what it says besides: logs, sessions, traces |
| `behaviour` | both as a list of actions: a pure function of kind, index, tick and seed |
| `actor`, `estate` | shells that do these things to real collectors |
| `hostile` | slow-loris, floods, garbage and the like, each of a bounded duration |
"""
