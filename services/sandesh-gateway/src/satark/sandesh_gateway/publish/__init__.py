"""From events to Kafka: parcels wait in order until Kafka has them; the books say where every message went."""
