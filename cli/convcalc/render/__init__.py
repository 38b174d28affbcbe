"""Results as text: sheets for people, records and documents for programs. Nothing is computed here."""
