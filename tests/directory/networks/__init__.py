"""Networks: members, what they vouch for, what they propose."""
