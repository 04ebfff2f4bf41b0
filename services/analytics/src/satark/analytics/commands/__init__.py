"""`satark logs`, `stats`, `flows`, `sessions` and `incidents`: what the REST API answers, for a terminal or a pipe.

Pure parts make queries from arguments and lines from rows; `api` is the connection, `running` the exit statuses.
"""
