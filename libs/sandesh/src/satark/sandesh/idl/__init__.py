"""The Sandesh interface language: read it, check it, print it."""
