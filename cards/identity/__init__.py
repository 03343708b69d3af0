"""A Block -> a Card, who it is, and the ledger that remembers who it was."""
