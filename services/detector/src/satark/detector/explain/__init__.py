"""`satark explain`: what an incident rests on, from its events alone."""
