"""What the tests stand on: a real Kafka, whole processes, free ports, waiting for things to happen."""
