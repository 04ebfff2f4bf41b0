"""UVEs on Kafka: shares in, the state of each object out, and the alarms that rules find in it.

`agent` is the shell (Faust, the clock), with `table` and `writer`; `holding` has the partitions that are ours; everything
else is pure. A `Partition` holds all that is known of one partition's objects. It takes in events one by one and keeps note
of what they changed; `drain` gives that as one `Output`, in which an object that changed often is there once.

Delivery (docs/adr/0004), for each batch of chunks of records: the incidents and states of the output are published; its rows are
written to the table's changelog; the records are acknowledged. A crash anywhere repeats the batch on the rows that were
written, and repetition changes nothing (`aggregate`).

Rows (`satark.uve.rows`). The table has a row a share, one for each generator's last withdrawn session, one for each object's
alarms, and one for the totals of its counters: what an update costs is its share, however many others the object has.
In a batch alarms and counters come before the shares that they were made of, and withdrawn sessions after them: of a
batch that was written in part, the rest is made up for by its repetition. Order holds since all of it is one partition.
"""
