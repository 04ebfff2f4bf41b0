"""What `satark docs` writes: references and schemas, all made from the code. Everything here is pure but `catalogue`."""
