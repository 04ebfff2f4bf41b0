"""Routes below /v1: links and their history, incidents and what people say of them, generators, and how we are.

A module a subject: it has the routes and what joins them to the store. What is asked of the store and what rows are made
into is in `questions`, where everything is pure.
"""
