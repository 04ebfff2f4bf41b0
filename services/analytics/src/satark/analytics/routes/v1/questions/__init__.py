"""What is asked of the store and what becomes of its rows. Pure: times and limits are arguments."""
