"""What the poller knows between two looks, all of it learnt from Kafka after a restart: pure state."""
