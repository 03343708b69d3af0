"""A Block -> a Card with its identity, and the ledger that keeps the identity between builds."""
