"""Taking over: the spreadsheet a structure kept before becomes contracts, people and hours."""
