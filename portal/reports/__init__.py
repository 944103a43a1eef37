"""Reports: one engine that counts clicks, orders and commissions by whatever they differ in.

``catalogue`` says what can be asked, ``asking`` reads a question from an address, ``statements``
turns it into SQL from a fixed dictionary of expressions, ``engine`` asks and puts rows together,
``names`` says what the keys of rows are called, ``files`` makes rows of cells of them.
"""
