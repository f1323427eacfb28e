"""The other side of the table: the company that answers a claused contract, or that has just won one."""
