"""Server-sent events of objects, alarms and incidents (analytics.md 2.6, and what that lacks). Pure but for `hub`'s bell.

`ring` holds what happened last, `updates` is what a change of an object looks like, `sources` and `wants` what a stream
is of and what its reader wants, `reader` one reader's place, `events` the bytes. `hub` brings changes of the mirror in.

A reader is a place in the ring: nothing is queued for it. Who falls so far behind that what comes next is forgotten is
sent `stop`. Ids are an epoch, which names the process, and a place: who comes back with one goes on behind it, or is told
that this is a dump anew. During a dump no ids are sent, so that a cut there ends in another dump.
"""
