"""Texts that tests record and copy: a function that a tool wrote, and a class that a person wrote."""

FUNCTION = '''def settle_invoices(ledger, invoices, clock):
    """Settle what is due and return what is left."""
    open_items = []
    for invoice in sorted(invoices, key=lambda item: item.due):
        account = ledger.get_account(invoice.customer)
        if invoice.due > clock.today():
            open_items.append(invoice)
            continue
        if account.balance < invoice.amount:
            account.flag("insufficient funds", invoice.number)
            open_items.append(invoice)
            continue
        account.balance -= invoice.amount
        ledger.post(invoice.number, invoice.amount, clock.now())
        invoice.mark_settled(clock.now())
    return open_items
'''
HUMAN = '''class Route:
    """A way between two towns, as the atlas of 1911 has it."""

    def __init__(self, start, end, miles):
        self.start, self.end = start, end
        self.miles = miles

    def reversed(self):
        return Route(self.end, self.start, self.miles)

    def describe(self, units="miles"):
        distance = self.miles if units == "miles" else self.miles * 1.609
        return f"{self.start} to {self.end}: {distance:.0f} {units}"
'''
