def lines_of(purchase, lots, reader):
    return ()
