"""History and answers: the topics are kept in ClickHouse and asked by a REST API, queries and commands."""
