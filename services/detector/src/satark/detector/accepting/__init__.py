"""Accepting: a person says that what an entity does now is its normal."""
