"""The query language of `POST /analytics/query`: a query object becomes one statement, and its rows become objects again.

Pure: `request.decode` reads the query, `tables` and `learnt` say which columns there are, `compiling.compile_query`
checks the one against the other and writes the statement, `results` names the values of a row. Errors are of
`errors`. Nothing from a request is ever text of a statement: names of columns come from the catalogue, all else is
a bound parameter, keys of maps included.
"""
