"""What every daemon says about one object, as one object (analytics.md 1.1 to 1.12). Pure.

Modules, from what arrives to what is shown: `told` (events as they lie in Kafka), `known` (values, by their bytes),
`attribute` and `computed` (one attribute over all sources; `combine` and `counters` do the sums), `part` (one struct),
`uve` (one object), `uves` (a partition's objects), `filters`, `render` and `views` (JSON), `tables` (names).

An event is one `Step`. Its cost is that of the attributes it holds: values are compared as the bytes that they are, a
value's group is found by its content, and integers are kept summed. A step says which attributes changed, and
`views.flat_value` shows one of them. Unions, appended lists and sums of structs are worked out when they are shown.

State. `state.dump` and `state.load` keep an object as one value, msgspec JSON of arrays:

    [version, {struct: {generator: share}}, {struct: {attribute: counter}}]
    share    [session, message, alarm, sequence, time_us, seen_us, {attribute: [sequence, value]}]
    counter  [[type, [[annotation, text], ...]], total, {generator: [lost, last, session, sequence]}, offset, heard_us]

`value` is the contract's `Value`, the very bytes that arrived; dictionaries are sorted, so equal states are equal bytes.
Groups, sums and times of structs are not stored: they are what the shares make them. For an object of many shares a table
may have a row a share instead (`dump_share` for each of a step's `shares`, none if it is gone; `restored` for all of one
object) and a row for `counters_of` it: then a change costs the share and not the object there, too.

Order. A generator's events on one object arrive in the order sent, or again from some point on: within a session a
message's number (per class) decides, between sessions the session's. Between generators order makes no difference.
"""
