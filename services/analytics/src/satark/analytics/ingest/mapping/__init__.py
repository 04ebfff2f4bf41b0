"""What each event is in the tables: functions of an event and of where it came from, nothing else."""
