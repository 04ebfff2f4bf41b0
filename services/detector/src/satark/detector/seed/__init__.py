"""The seed's method: mean and standard deviation of the recent past, per metric and direction."""
