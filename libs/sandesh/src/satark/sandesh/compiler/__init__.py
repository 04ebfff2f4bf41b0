"""The compiler: from checked programs to Python and documents, as pure functions; `cli` reads and writes the files."""
