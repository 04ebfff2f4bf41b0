"""More partitions for the topics that scale, while others go on to write (docs/adr/0027).

`layout` is how many partitions the detectors go by and what is to be done next, `rows` which rows of their state move
where (both pure). `cluster` asks and changes Kafka, `growing` goes from step to step.
"""
