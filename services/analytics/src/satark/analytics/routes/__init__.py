"""Routes, a module a subject: each has a function that returns them as values."""
