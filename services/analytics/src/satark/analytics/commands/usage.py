"""What is said of arguments that make no sense."""


class UsageError(ValueError):
    """The arguments do not go together, or one is no such thing."""
