def lines(asked):
    return iter(())
