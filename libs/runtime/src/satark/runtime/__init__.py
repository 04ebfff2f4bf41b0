"""What every Satark process needs and no domain knows.

Settings, logs, metrics, health and the ops port; Kafka; dead letters; life cycle; the `satark` command.
"""
