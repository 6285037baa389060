"""The ledger of every decision, receipts, git notes, and the quarantine for refused pushes."""
