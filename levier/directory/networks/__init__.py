"""Networks of suppliers: their members, what they vouch for, what they propose to correct."""
