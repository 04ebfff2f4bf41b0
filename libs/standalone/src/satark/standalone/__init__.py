"""All of Satark from one command: supervised processes on an embedded broker or on the user's Kafka.

`plan` says which processes with which settings (pure), `process` and `supervisor` keep them running, `broker` is the
embedded broker, `story` tells what happens, `screen` shows it, `up` is the command.
"""
