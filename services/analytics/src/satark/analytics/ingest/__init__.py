"""From records of Kafka to rows of the store: nothing lost, nothing twice."""
