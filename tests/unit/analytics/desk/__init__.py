"""Tests of the desk where queries are handed in."""
