"""The desk where queries are handed in: runs them beside the loop, keeps their answers for a while, says how they do.

`book` decides (pure), `spool` keeps the lines of an answer on disk, `running` asks the store in a thread, `desk` is the
shell. Everything is bounded: queries at a time, their time, their rows, and the room that answers take on disk.
"""
