"""What every capability stands on: clock, ids, money, quantities, sealing, the root of errors. Pure: no I/O."""
