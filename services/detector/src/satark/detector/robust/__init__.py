"""The method `robust`: few true pages, early, from one frozen configuration, vectorised over a batch.

Theory of operation. A path's quality has a usual course (level and time of day), a recent level (paths are piecewise
constant between routes) and noise that depends on the time of day. A sample is compared with both normals, in units of
spreads that are learnt from what happens often and hardly moved by what happens rarely. Deviations are averaged over
spans and over series that belong together, and each such statistic is measured by its own spread (`evidence`). Latency
also opens an alarm when its level shifts (`shift`). Alarms need a rise that matters (`config`), and pages need an opening
or a further rise (`persistence`). A confirmed rise becomes a normal only when the series has been there for a day, or when
a person accepts it (`reference`). Missing samples are nothing: no zero, no recovery. While there is no baseline only
absolute limits page.

Interface, for an engine that puts the method to work by rule:

    layout = WAN_LINK                          # the kinds of an entity's series, in the order of the rows
    state = empty(layout, entities)            # or decode([bytes, ...], layout)
    part = state.take(columns)                 # a batch of entities, all different
    part, verdicts = step(part, times, values, mask, layout, maintenance=..., material=...)
    state.put(columns, part)
    explain(verdicts, columns_of_batch, layout)    # value, centre, spread, limit, cause of each series, for a few
    normals(state.take(columns), times, layout)    # what is normal, without a sample
    encode(part)                               # bytes of each entity, for a changelog

times are epoch seconds [entities]; values and mask are [series, entities]. Columns are independent: a batch of N gives what
N batches of one give. `state.grown(n)` has places for more. `accept` is a person's word that the present level is normal, `close` that an alarm is over.
Samples come in order of time; what is late is learnt by `learn_late`, what is double left out by the caller. Series of no known kind go to `novelty`,
which has the same verbs and a state of its own, one series a column: `novelty.step(state, times, values, mask)`.
"""

from satark.detector.robust.closing import close
from satark.detector.robust.codec import OtherRobustStateVersionError, UnreadableRobustStateError, decode, encode
from satark.detector.robust.config import DEFAULT, Config, Kind
from satark.detector.robust.late import learn_late
from satark.detector.robust.layout import ROUND_TRIP, WAN_LINK, Layout
from satark.detector.robust.normals import Normals, normals
from satark.detector.robust.persistence import Cause
from satark.detector.robust.state import State, accept, empty
from satark.detector.robust.step import Verdicts, step
from satark.detector.robust.view import Evidence, View, explain

__all__ = [
    "DEFAULT",
    "ROUND_TRIP",
    "WAN_LINK",
    "Cause",
    "Config",
    "Evidence",
    "Kind",
    "Layout",
    "Normals",
    "OtherRobustStateVersionError",
    "State",
    "UnreadableRobustStateError",
    "Verdicts",
    "View",
    "accept",
    "close",
    "decode",
    "empty",
    "encode",
    "explain",
    "learn_late",
    "normals",
    "step",
]
