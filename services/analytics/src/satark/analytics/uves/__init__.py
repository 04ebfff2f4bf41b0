"""Reading objects and alarms: what a request asks for, what it is answered with, and what that cost. Pure.

`reading` is what a request wants, `objects` an object as JSON, `alarms` the detector's alarms among what generators say,
`listing` names and links, `globs` patterns of names, `tokens` and `acknowledging` how a person says to have seen an
alarm, `usage` what a read cost.
"""
